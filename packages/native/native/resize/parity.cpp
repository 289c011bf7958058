// The oracle integrates the source, taken as squares of constant value, over each destination square, in float64. The
// CUDA path must give the CPU's bits, every time.
#include "resize.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "../isa/isa.hpp"
#include "../measure/expect.hpp"
#include "../measure/canary-plane.hpp"
#include "../measure/paths.hpp"
#include "../measure/random.hpp"

#if defined(GIMBAL_HAS_CUDA)
#include "../measure/on-device.hpp"
#include "cuda.hpp"
#endif

using namespace gimbal;

namespace {

template <class T>
double oracle(const CanaryPlane<T>& src, int dstWidth, int dstHeight, int x, int y) {
  const double sx = static_cast<double>(src.plane.width) / dstWidth;
  const double sy = static_cast<double>(src.plane.height) / dstHeight;
  double sum = 0;
  for (int r = static_cast<int>(y * sy); r < src.plane.height && r < (y + 1) * sy; r++) {
    const double h = std::min(r + 1.0, (y + 1) * sy) - std::max<double>(r, y * sy);
    for (int c = static_cast<int>(x * sx); c < src.plane.width && c < (x + 1) * sx; c++) {
      const double w = std::min(c + 1.0, (x + 1) * sx) - std::max<double>(c, x * sx);
      sum += src.plane.row(r)[c] * w * h;
    }
  }
  return sum / (sx * sy);
}

void run(const CanaryPlane<std::uint8_t>& src, int, int, CanaryPlane<float>& dst, int threads) { resizeArea(src.view(), dst.plane, threads); }
void run(const CanaryPlane<std::uint16_t>& src, int bits, int shift, CanaryPlane<float>& dst, int threads) {
  resizeArea(src.view(), bits, shift, dst.plane, threads);
}

template <class T>
void compare(Expect& expect, Random& random, int sw, int sh, int dw, int dh, int bits, int shift, bool saturated) {
  const std::string name = std::to_string(sw) + "x" + std::to_string(sh) + " -> " + std::to_string(dw) + "x" + std::to_string(dh) +
                           ", " + std::to_string(bits) + " bits << " + std::to_string(shift);
  const int padding = random.whole(0, 9);
  CanaryPlane<T> src(sw, sh, padding, 0xa5);
  CanaryPlane<T> twin(sw, sh, padding, 0x3c);  // same picture, other surroundings
  const int most = (1 << bits) - 1;
  for (int y = 0; y < sh; y++) {
    for (int x = 0; x < sw; x++) {
      const int value = saturated ? most : random.whole(0, most);
      src.plane.row(y)[x] = twin.plane.row(y)[x] = static_cast<T>(value << shift);
    }
  }
  CanaryPlane<float> first(dw, dh, padding, 0x11);
  limitIsa(Isa::baseline);
  run(src, bits, shift, first, 1);
  expect.that(first.intact(), name + ": wrote outside the plane");
  const double unit = std::ldexp(1.0, -(bits - 8 + shift));
  double worst = 0;
  for (int y = 0; y < dh; y++) {
    for (int x = 0; x < dw; x++) worst = std::max(worst, std::abs(first.plane.row(y)[x] - oracle(src, dw, dh, x, y) * unit));
  }
  expect.that(worst < 1e-3, name + ": off by " + std::to_string(worst));
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    limitIsa(isa);
    CanaryPlane<float> again(dw, dh, padding, 0x11);
    run(twin, bits, shift, again, 3);
    expect.that(again.sameSamples(first) && again.intact(), name + ": differs with " + isaName(activeIsa()));
  }
}

#if defined(GIMBAL_HAS_CUDA)
void runCuda(Plane<const std::uint8_t> src, int, int, Plane<float> dst) { cuda::resizeArea(src, dst, nullptr); }
void runCuda(Plane<const std::uint16_t> src, int bits, int shift, Plane<float> dst) {
  cuda::resizeArea(src, bits, shift, dst, nullptr);
}

template <class T>
void compareCuda(Expect& expect, Random& random, int sw, int sh, int dw, int dh, int bits, int shift, bool saturated) {
  const int padding = random.whole(0, 9);
  CanaryPlane<T> src(sw, sh, padding, 0xa5);
  const int most = (1 << bits) - 1;
  for (int y = 0; y < sh; y++) {
    for (int x = 0; x < sw; x++) src.plane.row(y)[x] = static_cast<T>((saturated ? most : random.whole(0, most)) << shift);
  }
  CanaryPlane<float> wanted(dw, dh, padding, 0x11);
  run(src, bits, shift, wanted, 2);
  const CanaryPlaneOnDevice<T> source(src);
  for (int repeat = 0; repeat < 2; repeat++) {
    CanaryPlane<float> made(dw, dh, padding, repeat == 0 ? 0x77 : 0xff);
    const CanaryPlaneOnDevice<float> target(made);
    runCuda(source.plane(), bits, shift, target.plane());
    target.download(made);
    expect.that(made.sameSamples(wanted) && made.intact(),
                std::to_string(sw) + "x" + std::to_string(sh) + " -> " + std::to_string(dw) + "x" + std::to_string(dh) + ", " +
                    std::to_string(bits) + " bits << " + std::to_string(shift) + ": CUDA differs from the CPU");
  }
}
#endif

void onDevice(Expect& expect, int every) {
#if defined(GIMBAL_HAS_CUDA)
  Random random(8);
  const int sizes[][4] = {{1, 1, 1, 1},       {1, 9, 1, 3},        {9, 1, 2, 1},       {640, 36, 320, 18},     {192, 108, 64, 36},
                          {101, 57, 100, 56}, {37, 53, 5, 7},      {1000, 3, 1, 1},    {3, 1000, 3, 1},        {600, 400, 2, 2},
                          {33, 17, 33, 17},   {1920, 1080, 640, 360}, {1280, 720, 640, 360}, {1919, 1079, 640, 360}};
  int index = 0;
  for (const auto& s : sizes) {
    for (const bool saturated : {false, true}) {
      if (index++ % every != 0) continue;
      compareCuda<std::uint8_t>(expect, random, s[0], s[1], s[2], s[3], 8, 0, saturated);
      compareCuda<std::uint16_t>(expect, random, s[0], s[1], s[2], s[3], 10, 0, saturated);
      compareCuda<std::uint16_t>(expect, random, s[0], s[1], s[2], s[3], 10, 6, saturated);
      compareCuda<std::uint16_t>(expect, random, s[0], s[1], s[2], s[3], 16, 0, saturated);
    }
  }
  for (int i = 0; i < 200; i += every) {
    const int sw = random.whole(1, 90);
    const int sh = random.whole(1, 90);
    compareCuda<std::uint8_t>(expect, random, sw, sh, random.whole(1, sw), random.whole(1, sh), 8, 0, false);
  }
  CanaryPlane<std::uint8_t> src(4, 4, 0, 0);
  CanaryPlane<float> larger(5, 4, 0, 0);
  expect.throws<std::invalid_argument>([&] { cuda::resizeArea(src.view(), larger.plane, nullptr); }, "enlarging");
#else
  static_cast<void>(expect);
  static_cast<void>(every);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  const auto onHost = [](Expect& expect) {
    Random random(7);
    const int sizes[][4] = {{1, 1, 1, 1},     {1, 9, 1, 3},       {9, 1, 2, 1},      {640, 36, 320, 18}, {192, 108, 64, 36}, {96, 64, 24, 16},
                            {96, 60, 16, 10}, {85, 48, 64, 36},   {101, 57, 100, 56}, {37, 53, 5, 7},     {64, 48, 8, 6},     {1000, 3, 1, 1},
                            {70, 66, 10, 66}, {3, 1000, 3, 1},    {33, 17, 33, 17},  {50, 50, 10, 10}};
    for (const auto& s : sizes) {
      for (const bool saturated : {false, true}) {
        compare<std::uint8_t>(expect, random, s[0], s[1], s[2], s[3], 8, 0, saturated);
        compare<std::uint16_t>(expect, random, s[0], s[1], s[2], s[3], 10, 0, saturated);
        compare<std::uint16_t>(expect, random, s[0], s[1], s[2], s[3], 10, 6, saturated);
        compare<std::uint16_t>(expect, random, s[0], s[1], s[2], s[3], 16, 0, saturated);
      }
    }
    for (int i = 0; i < 200; i++) {
      const int sw = random.whole(1, 90);
      const int sh = random.whole(1, 90);
      compare<std::uint8_t>(expect, random, sw, sh, random.whole(1, sw), random.whole(1, sh), 8, 0, false);
    }
    CanaryPlane<std::uint8_t> src(4, 4, 0, 0);
    CanaryPlane<float> larger(5, 4, 0, 0);
    expect.throws<std::invalid_argument>([&] { resizeArea(src.view(), larger.plane, 1); }, "enlarging");
    CanaryPlane<std::uint16_t> deep(4, 4, 0, 0);
    CanaryPlane<float> same(4, 4, 0, 0);
    expect.throws<std::invalid_argument>([&] { resizeArea(deep.view(), 12, 6, same.plane, 1); }, "18 bits in a word");
  };
  return runPaths(argc, argv, onHost, onDevice);
}
