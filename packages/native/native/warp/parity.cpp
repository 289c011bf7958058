// Every kernel, border, depth, layout and instruction set against the float64 oracle, on sizes and transforms chosen to hurt.
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "../isa/isa.hpp"
#include "../measure/expect.hpp"
#include "../measure/fenced.hpp"
#include "../measure/guarded.hpp"
#include "../measure/random.hpp"
#include "oracle.hpp"

using namespace gimbal;

namespace {

struct Depth {
  int bits;
  int shift;
};

struct Case {
  int srcWidth, srcHeight, dstWidth, dstHeight, channels;
  Siting siting;
  WarpOptions options;
  std::string name;
};

void run(Plane<const std::uint8_t> src, Depth, Plane<std::uint8_t> dst, const Case& c, const WarpField& f, const WarpOptions& o) {
  warp(src, dst, c.channels, f, c.siting, o);
}
void run(Plane<const std::uint16_t> src, Depth d, Plane<std::uint16_t> dst, const Case& c, const WarpField& f, const WarpOptions& o) {
  warp(src, d.bits, d.shift, dst, c.channels, f, c.siting, o);
}

enum class Content { noise, saturated, extremes, flat };

int allowance(Depth depth, Interpolation interpolation, bool exact) {
  if (exact) return interpolation != Interpolation::bilinear && depth.bits == 16 ? 1 : 0;
  if (interpolation == Interpolation::bilinear) return depth.bits <= 12 ? 1 : 8;
  return depth.bits <= 9 ? 1 : 1 << (depth.bits - 9);
}

template <class S>
void check(Expect& expect, Random& random, const Case& c, Depth depth, const WarpField& field, Content content, bool exact = false) {
  const int most = (1 << depth.bits) - 1;
  // The source fills its memory to the last byte, which a forbidden page follows (or precedes).
  const std::size_t samples = static_cast<std::size_t>(c.srcWidth) * c.srcHeight * c.channels;
  const Fenced memory(samples * sizeof(S), random.whole(0, 1) == 0);
  auto* data = reinterpret_cast<S*>(memory.data());
  const int level = random.whole(0, most);
  for (std::size_t i = 0; i < samples; i++) {
    int value = random.whole(0, most);
    if (content == Content::saturated) value = most;
    if (content == Content::extremes) value = value > most / 2 ? most : 0;
    if (content == Content::flat) value = level;
    data[i] = static_cast<S>(value << depth.shift);
  }
  const Plane<const S> src{data, c.srcWidth, c.srcHeight, static_cast<std::ptrdiff_t>(c.srcWidth * c.channels * sizeof(S))};
  limitIsa(Isa::baseline);
  WarpOptions options = c.options;
  options.threads = 1;
  Guarded<S> first(c.dstWidth * c.channels, c.dstHeight, 3, 0x5b, c.channels);
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
    Guarded<S> again(c.dstWidth * c.channels, c.dstHeight, 3, 0xc4, c.channels);
    run(src, depth, again.plane, c, field, options);
    expect.that(again.sameSamples(first) && again.intact(), c.name + ": differs with " + isaName(activeIsa()));
  }
}

/// Both sample sizes, one and two channels.
void checkAll(Expect& expect, Random& random, Case c, const WarpField& field, Content content, bool exact = false) {
  const std::string name = c.name + " " + std::to_string(c.srcWidth) + "x" + std::to_string(c.srcHeight) + " -> " +
                           std::to_string(c.dstWidth) + "x" + std::to_string(c.dstHeight) + " kernel " +
                           std::to_string(static_cast<int>(c.options.interpolation)) + " border " +
                           std::to_string(static_cast<int>(c.options.border));
  for (const int channels : {1, 2}) {
    c.channels = channels;
    for (const Depth depth : {Depth{8, 0}, Depth{10, 0}, Depth{10, 6}, Depth{12, 4}, Depth{16, 0}}) {
      c.name = name + " channels " + std::to_string(channels) + " bits " + std::to_string(depth.bits);
      c.options.fill = depth.bits == 8 ? 16 : 1 << (depth.bits - 4);
      if (depth.bits == 8) {
        check<std::uint8_t>(expect, random, c, depth, field, content, exact);
      } else {
        check<std::uint16_t>(expect, random, c, depth, field, content, exact);
      }
    }
  }
}

using Matrix = std::vector<double>;

/// Rotation, zoom, shift and perspective about the middle of a `w x h` picture.
Matrix motion(double w, double h, double degrees, double zoom, double dx, double dy, double px, double py) {
  const double angle = degrees * std::acos(-1.0) / 180;
  const double a = zoom * std::cos(angle);
  const double b = zoom * std::sin(angle);
  const double x = w / 2;
  const double y = h / 2;
  return {a, -b, x - a * x + b * y + dx, b, a, y - b * x - a * y + dy, px, py, 1 - px * x - py * y};
}

void wholeShifts(Expect& expect, Random& random) {
  for (const auto& [dx, dy] : {std::pair{0, 0}, {3, -2}, {-17, 5}, {64, 64}, {-1, 0}, {500, -500}}) {
    const Matrix h{1, 0, static_cast<double>(dx), 0, 1, static_cast<double>(dy), 0, 0, 1};
    for (int k = 0; k < 3; k++) {
      for (int b = 0; b < 3; b++) {
        const Case c{83, 41, 83, 41, 1, {}, {static_cast<Interpolation>(k), static_cast<Border>(b)}, "whole shift"};
        checkAll(expect, random, c, {1, 1, h.data(), 83, 41}, Content::extremes, true);
      }
    }
  }
}

void randomMotions(Expect& expect, Random& random) {
  const int sizes[][2] = {{1, 1}, {1, 40}, {40, 1}, {2, 2}, {3, 5}, {16, 16}, {17, 9}, {33, 31}, {97, 45}, {130, 70}};
  for (int i = 0; i < 110; i++) {
    const auto& s = sizes[i % 10];
    const auto& d = sizes[(i * 7 + i / 10) % 10];
    const double wild = i % 4 == 3 ? 1 : 0;
    const double turn = i % 11 == 5 ? 90 : (wild > 0 ? 180 : 3);
    const double tilt = wild > 0 ? 0.05 : (i % 3 == 1 ? 1e-3 : 1e-6);
    const Matrix h = motion(s[0], s[1], random.real(-turn, turn), wild > 0 ? std::exp(random.real(-2, 2)) : random.real(0.9, 1.1),
                            random.real(-9, 9), random.real(-9, 9), random.real(-tilt, tilt), random.real(-tilt, tilt));
    Case c{s[0], s[1], d[0], d[1], 1, {}, {static_cast<Interpolation>(i % 3), static_cast<Border>(i / 3 % 3)}, "motion " + std::to_string(i)};
    if (i % 5 == 4) c.siting = {2, i % 2 == 0 ? 2.0 : 1.0, 0, i % 2 == 0 ? 0.5 : 0};
    checkAll(expect, random, c, {1, 1, h.data(), d[0], d[1]}, static_cast<Content>(i % 4));
  }
}

void meshes(Expect& expect, Random& random) {
  for (int i = 0; i < 30; i++) {
    const int rows = random.whole(1, 6);
    const int cols = i % 7 == 0 ? 1 : random.whole(1, 6);
    const int w = random.whole(1, 200);
    const int h = random.whole(1, 50);
    Matrix grid;
    for (int cell = 0; cell < rows * cols; cell++) {
      const Matrix m = motion(w, h, random.real(-2, 2), random.real(0.95, 1.05), random.real(-2, 2), random.real(-2, 2),
                              random.real(-1e-4, 1e-4), random.real(-1e-4, 1e-4));
      grid.insert(grid.end(), m.begin(), m.end());
    }
    Case c{w, h, w, h, 1, {}, {static_cast<Interpolation>(i % 3), static_cast<Border>(i / 3 % 3)}, "mesh " + std::to_string(i)};
    int lumaWidth = w;
    int lumaHeight = h;
    if (i % 2 == 1) {
      c.siting = {2, 2, 0, 0.5};
      lumaWidth *= 2;
      lumaHeight *= 2;
    }
    checkAll(expect, random, c, {rows, cols, grid.data(), lumaWidth, lumaHeight}, static_cast<Content>(i % 4));
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

}  // namespace

int main() {
  return runParity([](Expect& expect) {
    Random random(3);
    wholeShifts(expect, random);
    randomMotions(expect, random);
    meshes(expect, random);
    brokenNumbers(expect);
  });
}
