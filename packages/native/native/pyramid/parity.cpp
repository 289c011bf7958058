// The oracle is OpenCV's pyrDown (golden files), to 1e-2 of a grey level; on random sizes a float64 convolution. The CUDA path must
// give the CPU's bits, every time.
#include "pyramid.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "../isa/isa.hpp"
#include "../measure/expect.hpp"
#include "../measure/golden.hpp"
#include "../measure/canary-plane.hpp"
#include "../measure/paths.hpp"
#include "../measure/random.hpp"

#if defined(GIMBAL_HAS_CUDA)
#include "../measure/on-device.hpp"
#include "cuda.hpp"
#endif

using namespace gimbal;

namespace {

int reflect(int i, int n) {
  while (n > 1 && (i < 0 || i >= n)) i = i < 0 ? -i : 2 * n - 2 - i;
  return n == 1 ? 0 : i;
}

double oracle(const CanaryPlane<float>& src, int x, int y) {
  const double kernel[5] = {1, 4, 6, 4, 1};
  double sum = 0;
  for (int r = 0; r < 5; r++) {
    for (int c = 0; c < 5; c++) {
      sum += kernel[r] * kernel[c] * src.plane.row(reflect(2 * y + r - 2, src.plane.height))[reflect(2 * x + c - 2, src.plane.width)];
    }
  }
  return sum / 256;
}

void againstGolden(Expect& expect, const std::string& folder) {
  for (const std::string& name : Golden::names(folder)) {
    const Golden input = Golden::read(folder + "/" + name + ".input.gold");
    const Golden wanted = Golden::read(folder + "/" + name + ".pyramid-down.gold");
    std::vector<float> made(wanted.samples.size());
    pyramidDown({input.samples.data(), input.width, input.height, input.width * 4}, {made.data(), wanted.width, wanted.height, wanted.width * 4},
                1);
    double worst = 0;
    for (std::size_t i = 0; i < made.size(); i++) worst = std::max(worst, std::abs(double{made[i]} - wanted.samples[i]));
    expect.that(worst <= 1e-2, name + ": off OpenCV by " + std::to_string(worst));
  }
}

void onRandomSizes(Expect& expect) {
  Random random(11);
  for (int i = 0; i < 300; i++) {
    const int w = i < 40 ? i / 6 + 1 : random.whole(1, 150);
    const int h = i < 40 ? i % 6 + 1 : random.whole(1, 60);
    const std::string name = std::to_string(w) + "x" + std::to_string(h);
    CanaryPlane<float> src(w, h, random.whole(0, 5), 0xff);  // a read outside is a NaN
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) src.plane.row(y)[x] = static_cast<float>(random.real(0, 255));
    }
    limitIsa(Isa::baseline);
    CanaryPlane<float> first((w + 1) / 2, (h + 1) / 2, 3, 0x22);
    pyramidDown(src.view(), first.plane, 1);
    bool close = true;
    for (int y = 0; y < first.plane.height; y++) {
      for (int x = 0; x < first.plane.width; x++) close = close && std::abs(first.plane.row(y)[x] - oracle(src, x, y)) < 1e-3;
    }
    expect.that(close && first.intact(), name + ": off the float64 convolution");
    limitIsa(Isa::avx512);
    CanaryPlane<float> again((w + 1) / 2, (h + 1) / 2, 3, 0x22);
    pyramidDown(src.view(), again.plane, 3);
    expect.that(again.sameSamples(first) && again.intact(), name + ": differs between instruction sets");
  }
}

void onDevice(Expect& expect, int every) {
#if defined(GIMBAL_HAS_CUDA)
  Random random(12);
  for (int i = 0; i < 200; i++) {
    const bool large = i % 50 == 49;
    const int w = i < 40 ? i / 6 + 1 : random.whole(1, large ? 1920 : 200);
    const int h = i < 40 ? i % 6 + 1 : random.whole(1, large ? 1080 : 90);
    CanaryPlane<float> src(w, h, random.whole(0, 5), 0xff);
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) src.plane.row(y)[x] = i % 5 == 4 ? 255.0f : static_cast<float>(random.real(0, 255));
    }
    if (i % every != 0) continue;
    CanaryPlane<float> wanted((w + 1) / 2, (h + 1) / 2, 3, 0x22);
    pyramidDown(src.view(), wanted.plane, 1);
    const CanaryPlaneOnDevice<float> source(src);
    for (int run = 0; run < 2; run++) {
      CanaryPlane<float> made((w + 1) / 2, (h + 1) / 2, 3, run == 0 ? 0x33 : 0xff);
      const CanaryPlaneOnDevice<float> target(made);
      cuda::pyramidDown(source.plane(), target.plane(), nullptr);
      target.download(made);
      expect.that(made.sameSamples(wanted) && made.intact(),
                  std::to_string(w) + "x" + std::to_string(h) + ": CUDA differs from the CPU, run " + std::to_string(run));
    }
  }
  CanaryPlane<float> src(8, 8, 0, 0);
  CanaryPlane<float> wrong(3, 4, 0, 0);
  expect.throws<std::invalid_argument>([&] { cuda::pyramidDown(src.view(), wrong.plane, nullptr); }, "a wrong destination size");
#else
  static_cast<void>(expect);
  static_cast<void>(every);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  const auto onHost = [](Expect& expect) {
    for (const Isa isa : {Isa::baseline, Isa::avx512}) {
      limitIsa(isa);
      againstGolden(expect, GIMBAL_GOLDEN);
    }
    onRandomSizes(expect);
    CanaryPlane<float> src(8, 8, 0, 0);
    CanaryPlane<float> wrong(3, 4, 0, 0);
    expect.throws<std::invalid_argument>([&] { pyramidDown(src.view(), wrong.plane, 1); }, "a wrong destination size");
  };
  return runPaths(argc, argv, onHost, onDevice);
}
