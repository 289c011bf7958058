// Every kernel, border, depth, layout and instruction set against the float64 oracle, on sizes and transforms chosen to hurt. The
// CUDA path must give the CPU's bits, every time.
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "../isa/isa.hpp"
#include "../measure/expect.hpp"
#include "../measure/guard-page.hpp"
#include "../measure/canary-plane.hpp"
#include "../measure/paths.hpp"
#include "cases.hpp"
#include "oracle.hpp"

#if defined(GIMBAL_HAS_CUDA)
#include "cuda-cases.hpp"
#endif

using namespace gimbal;

namespace {

int allowance(Depth depth, Interpolation interpolation, bool exact) {
  if (exact) return interpolation != Interpolation::bilinear && depth.bits == 16 ? 1 : 0;
  if (interpolation == Interpolation::bilinear) return depth.bits <= 12 ? 1 : 8;
  return depth.bits <= 9 ? 1 : 1 << (depth.bits - 9);
}

template <class S>
void check(Expect& expect, Random& random, const Case& c, Depth depth, const WarpField& field, Content content, bool exact = false) {
  // The source fills its memory to the last byte, which a forbidden page follows (or precedes).
  const std::size_t samples = static_cast<std::size_t>(c.srcWidth) * c.srcHeight * c.channels;
  const GuardPage memory(samples * sizeof(S), random.whole(0, 1) == 0);
  auto* data = reinterpret_cast<S*>(memory.data());
  fillSamples(data, samples, depth, content, random);
  const Plane<const S> src{data, c.srcWidth, c.srcHeight, static_cast<std::ptrdiff_t>(c.srcWidth * c.channels * sizeof(S))};
  limitIsa(Isa::baseline);
  WarpOptions options = c.options;
  options.threads = 1;
  CanaryPlane<S> first(c.dstWidth * c.channels, c.dstHeight, 3, 0x5b, c.channels);
  run(src, depth, first.plane, c, field, options);
  expect.that(first.intact(), c.name + ": wrote outside the plane");
  const int allowed = allowance(depth, options.interpolation, exact);
  int worst = 0;
  std::string where;
  for (int v = 0; v < c.dstHeight; v++) {
    for (int u = 0; u < c.dstWidth * c.channels; u++) {
      const Sample sample = [&](int x, int y) {
        return static_cast<double>(src.row(y)[x * c.channels + u % c.channels] >> depth.shift);
      };
      const double wanted = exactWarp(sample, c.srcWidth, c.srcHeight, depth.bits, field, c.siting, options, u / c.channels, v);
      const int off = std::abs((first.plane.row(v)[u] >> depth.shift) - static_cast<int>(std::lround(wanted)));
      if (off > worst) {
        worst = off;
        where = " at " + std::to_string(u) + "," + std::to_string(v) + " wanted " + std::to_string(wanted);
      }
    }
  }
  expect.that(worst <= allowed, c.name + ": off by " + std::to_string(worst) + where);
  options.threads = 3;
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    limitIsa(isa);
    CanaryPlane<S> again(c.dstWidth * c.channels, c.dstHeight, 3, 0xc4, c.channels);
    run(src, depth, again.plane, c, field, options);
    expect.that(again.sameSamples(first) && again.intact(), c.name + ": differs with " + isaName(activeIsa()));
  }
}

void brokenNumbers(Expect& expect) {
  const double nan = std::nan("");
  std::vector<std::uint8_t> src(64 * 8, 200);
  std::vector<std::uint8_t> dst(64 * 8);
  const Plane<const std::uint8_t> from{src.data(), 64, 8, 64};
  const Plane<std::uint8_t> to{dst.data(), 64, 8, 64};
  for (const Matrix& h : {Matrix{nan, 0, 0, 0, 1, 0, 0, 0, 1}, Matrix{1, 0, 0, 0, 1, 0, 0, 0, 0}, Matrix{1, 0, 0, 0, 1, 0, 0, 0, -1},
                          Matrix{1, 0, 0, 0, 1, 0, 0, nan, 1}, Matrix(9, INFINITY)}) {
    for (int border = 0; border < 3; border++) {
      for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
        limitIsa(isa);
        warp(from, to, 1, {1, 1, h.data(), 64, 8}, {}, {Interpolation::bicubic, static_cast<Border>(border), 7, 1});
        bool filled = true;
        for (const auto value : dst) filled = filled && value == 7;
        expect.that(filled, "a transform that leads nowhere paints the fill");
      }
    }
  }
  const Matrix unit{1, 0, 0, 0, 1, 0, 0, 0, 1};
  const WarpField field{1, 1, unit.data(), 64, 8};
  expect.throws<std::invalid_argument>([&] { warp(from, to, 3, field, {}, {}); }, "three channels");
  expect.throws<std::invalid_argument>([&] { warp(from, to, 1, {0, 1, unit.data(), 64, 8}, {}, {}); }, "an empty grid");
  expect.throws<std::invalid_argument>([&] { warp({src.data(), 0, 8, 64}, to, 1, field, {}, {}); }, "an empty source");
}

void onDevice(Expect& expect, int every) {
#if defined(GIMBAL_HAS_CUDA)
  limitIsa(Isa::avx512);
  cuda::Warp warp;
  Random random(4);
  Random contents(5);
  int index = 0;
  const auto check = [&](auto sample, const Case& c, Depth depth, const WarpField& field, Content content, bool) {
    if (index++ % every == 0) compareCuda<decltype(sample)>(expect, contents, warp, c, depth, field, content);
  };
  wholeShifts(check);
  randomMotions(check, random);
  meshes(check, random);
  readouts(check, random);
  for (const auto& [w, h] : {std::pair{1280, 720}, {321, 123}}) {
    wholeFrames<std::uint8_t>(expect, random, warp, w, h, {8, 0}, false);
    wholeFrames<std::uint8_t>(expect, random, warp, w, h, {8, 0}, true);
    wholeFrames<std::uint16_t>(expect, random, warp, w, h, {10, 0}, false);
    wholeFrames<std::uint16_t>(expect, random, warp, w, h, {10, 6}, true);
  }
  steadyMotions(check, random);
  bentMotions(check, random);
  const double nan = std::nan("");
  for (const Matrix& h : {Matrix{nan, 0, 0, 0, 1, 0, 0, 0, 1}, Matrix{1, 0, 0, 0, 1, 0, 0, 0, 0}, Matrix{1, 0, 0, 0, 1, 0, 0, 0, -1},
                          Matrix{1, 0, 0, 0, 1, 0, 0, nan, 1}, Matrix(9, INFINITY)}) {
    for (int border = 0; border < 3; border++) {
      const Case c{64, 8, 64, 8, 1, {}, {Interpolation::bicubic, static_cast<Border>(border), 7, 1}, "a transform that leads nowhere"};
      compareCuda<std::uint8_t>(expect, contents, warp, c, {8, 0}, {1, 1, h.data(), 64, 8}, Content::noise);
    }
  }
#else
  static_cast<void>(expect);
  static_cast<void>(every);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  const auto onHost = [](Expect& expect) {
    Random random(3);
    const auto one = [&](auto sample, const Case& c, Depth depth, const WarpField& field, Content content, bool exact) {
      check<decltype(sample)>(expect, random, c, depth, field, content, exact);
    };
    wholeShifts(one);
    randomMotions(one, random);
    steadyMotions(one, random);
    meshes(one, random);
    readouts(one, random);
    bentMotions(one, random);
    brokenNumbers(expect);
  };
  return runPaths(argc, argv, onHost, onDevice);
}
