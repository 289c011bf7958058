#include <device/cuda-check.hpp>

#include "../tensor/device.cuh"
#include "../tensor/launch.cuh"
#include "add.hpp"

namespace gimbal::nn::cuda {
namespace {

template <class T, class Y>
__global__ void __launch_bounds__(256) addKernel(const __grid_constant__ Add job) {
  waitForEarlier();
  letLaterBegin();
  const int n = static_cast<int>(blockIdx.y);
  if (!job.active.has(n)) return;
  const int groups = job.y.shape.stride() / 8;
  const std::size_t count = job.y.shape.pixels() * groups;
  for (std::size_t i = blockIdx.x * 256 + threadIdx.x; i < count; i += static_cast<std::size_t>(gridDim.x) * 256) {
    const std::size_t pixel = i / groups;
    const int c = static_cast<int>(i % groups) * 8;
    float v[8];
    readView<8, T>(job.a, n, pixel, c, v);
    if (job.b) {
      float more[8];
      readView<8, T>(job.b, n, pixel, c, more);
#pragma unroll
      for (int k = 0; k < 8; k++) v[k] += more[k];
    }
#pragma unroll
    for (int k = 0; k < 8; k++) v[k] = activated(v[k], job.slope);
    writeView<8, Y>(job.y, n, pixel, c, v);
  }
}

}  // namespace

void add(const Add& job, CudaStream stream) {
  const std::size_t count = job.y.shape.size() / 8;
  const dim3 grid(static_cast<unsigned>((count + 255) / 256), static_cast<unsigned>(job.items));
  withType(job.a.type, [&](auto number) {
    using T = decltype(number);
    if (job.y.type == Type::f32) {
      launchKernel(addKernel<T, float>, grid, 256, 0, stream, "add", job);
    } else {
      launchKernel(addKernel<T, T>, grid, 256, 0, stream, "add", job);
    }
  });
}

}  // namespace gimbal::nn::cuda
