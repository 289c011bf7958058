#include <cstdio>
#include <vector>

#include "../isa/isa.hpp"
#include "../measure/bench.hpp"
#include "../measure/median.hpp"
#include "resize.hpp"

#if defined(GIMBAL_HAS_CUDA)
#include "../measure/device-time.hpp"
#include "cuda.hpp"
#endif

using namespace gimbal;

namespace {

void onHost() {
  std::vector<std::uint8_t> bytes(1920 * 1080);
  std::vector<std::uint16_t> words(1920 * 1080);
  for (std::size_t i = 0; i < bytes.size(); i++) words[i] = bytes[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
  std::vector<float> out(1920 * 1080);
  const int sizes[][2] = {{960, 540}, {640, 360}, {480, 270}, {320, 180}, {854, 480}};
  const Isa best = activeIsa();
  std::printf("1920x1080 luma, one thread, milliseconds (median of 51)\n");
  for (const Isa isa : {Isa::baseline, Isa::avx2}) {
    if (isa > best) continue;
    limitIsa(isa);
    for (const auto& s : sizes) {
      const Plane<float> dst{out.data(), s[0], s[1], s[0] * 4};
      std::printf("%-8s -> %dx%d  8 bit %.3f  10 bit %.3f\n", isaName(isa), s[0], s[1],
                  medianMilliseconds([&] { resizeArea(Plane<const std::uint8_t>{bytes.data(), 1920, 1080, 1920}, dst, 1); }),
                  medianMilliseconds([&] { resizeArea(Plane<const std::uint16_t>{words.data(), 1920, 1080, 3840}, 10, 0, dst, 1); }));
    }
  }
}

void onDevice() {
#if defined(GIMBAL_HAS_CUDA)
  const DeviceBench bench;
  const int cases[][4] = {{1280, 720, 640, 360}, {1920, 1080, 640, 360}, {1920, 1080, 854, 480}, {3840, 2160, 640, 360}, {3840, 2160, 960, 540}};
  for (const auto& [sw, sh, dw, dh] : cases) {
    for (const int sampleBytes : {1, 2}) {
      const double bytes = static_cast<double>(sw) * sh * sampleBytes + 4.0 * dw * dh;
      std::vector<DeviceBuffer> from;
      std::vector<DeviceBuffer> to;
      for (int i = 0; i < rotation(bytes); i++) {
        from.emplace_back(static_cast<std::size_t>(sw) * sh * sampleBytes, "a bench");
        to.emplace_back(static_cast<std::size_t>(dw) * dh * 4, "a bench");
        fillWithNoise(from.back(), i + 1);
      }
      const int w = sw;
      const int h = sh;
      const Timing time = deviceTime(static_cast<int>(from.size()), [&, dw = dw, dh = dh](int i, CudaStream stream) {
        const Plane<float> dst{to[i].as<float>(), dw, dh, dw * 4};
        if (sampleBytes == 1) {
          cuda::resizeArea(Plane<const std::uint8_t>{from[i].as<std::uint8_t>(), w, h, w}, dst, stream);
        } else {
          cuda::resizeArea(Plane<const std::uint16_t>{from[i].as<std::uint16_t>(), w, h, w * 2}, 10, 6, dst, stream);
        }
      });
      bench.report("resize", std::to_string(sw) + "x" + std::to_string(sh) + " to " + std::to_string(dw) + "x" + std::to_string(dh) +
                                 (sampleBytes == 1 ? " 8 bit" : " 10 bit"), time, bytes);
    }
  }
#endif
}

}  // namespace

int main(int argc, char** argv) { return runBench(argc, argv, onHost, onDevice); }
