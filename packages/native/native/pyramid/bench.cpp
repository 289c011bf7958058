#include <cstdio>
#include <vector>

#include "../isa/isa.hpp"
#include "../measure/bench.hpp"
#include "../measure/median.hpp"
#include "pyramid.hpp"

#if defined(GIMBAL_HAS_CUDA)
#include "../measure/device-time.hpp"
#include "cuda.hpp"
#endif

using namespace gimbal;

namespace {

void onHost() {
  std::vector<float> src(1920 * 1080, 1.0f);
  std::vector<float> dst(960 * 540);
  const Isa best = activeIsa();
  std::printf("one level down, one thread, milliseconds (median of 51)\n");
  for (const Isa isa : {Isa::baseline, Isa::avx2}) {
    if (isa > best) continue;
    limitIsa(isa);
    for (const int w : {640, 1920}) {
      const int h = w * 9 / 16;
      std::printf("%-8s %dx%d  %.3f\n", isaName(isa), w, h,
                  medianMilliseconds([&] { pyramidDown({src.data(), w, h, w * 4}, {dst.data(), w / 2, h / 2, w * 2}, 1); }));
    }
  }
}

void onDevice() {
#if defined(GIMBAL_HAS_CUDA)
  const DeviceBench bench;
  for (const int w : {640, 1280, 1920, 3840}) {
    const int h = w * 9 / 16;
    const double bytes = 4.0 * w * h * 1.25;
    std::vector<DeviceBuffer> from;
    std::vector<DeviceBuffer> to;
    for (int i = 0; i < rotation(bytes); i++) {
      from.emplace_back(static_cast<std::size_t>(w) * h * 4, "a bench");
      to.emplace_back(static_cast<std::size_t>(w) * h, "a bench");
      cudaCheck(cudaMemset(from.back().data(), 0x41 + i % 3, from.back().bytes()), "preparing a bench");
    }
    const Timing time = deviceTime(static_cast<int>(from.size()), [&](int i, CudaStream stream) {
      cuda::pyramidDown({from[i].as<float>(), w, h, w * 4}, {to[i].as<float>(), w / 2, h / 2, w * 2}, stream);
    });
    bench.report("pyramid", std::to_string(w) + "x" + std::to_string(h), time, bytes);
  }
#endif
}

}  // namespace

int main(int argc, char** argv) { return runBench(argc, argv, onHost, onDevice); }
