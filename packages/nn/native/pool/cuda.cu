#include <device/cuda-check.hpp>

#include "../tensor/device.cuh"
#include "../tensor/launch.cuh"
#include "pool.hpp"

namespace gimbal::nn::cuda {
namespace {

template <class T>
__global__ void __launch_bounds__(128) poolKernel(const __grid_constant__ Pool job) {
  waitForEarlier();
  letLaterBegin();
  const int n = static_cast<int>(blockIdx.y);
  if (!job.active.has(n)) return;
  const Shape& out = job.y.shape;
  const Shape& in = job.x.shape;
  const int groups = out.stride() / 8;
  const std::size_t i = blockIdx.x * 128 + threadIdx.x;
  if (i >= out.pixels() * groups) return;
  const std::size_t pixel = i / groups;
  const int c = static_cast<int>(i % groups) * 8;
  const std::size_t x = pixel % out.w;
  const std::size_t y = pixel / out.w % out.h;
  const std::size_t t = pixel / out.w / out.h;
  float most[8];
#pragma unroll
  for (int k = 0; k < 4; k++) {
    float v[8];
    readView<8, T>(job.x, n, (t * in.h + 2 * y + k / 2) * in.w + 2 * x + k % 2, c, v);
#pragma unroll
    for (int j = 0; j < 8; j++) most[j] = k == 0 ? v[j] : fmaxf(most[j], v[j]);
  }
  writeView<8, T>(job.y, n, pixel, c, most);
}

}  // namespace

void pool(const Pool& job, CudaStream stream) {
  const std::size_t count = job.y.shape.size() / 8;
  const dim3 grid(static_cast<unsigned>((count + 127) / 128), static_cast<unsigned>(job.items));
  withType(job.x.type, [&](auto number) { launchKernel(poolKernel<decltype(number)>, grid, 128, 0, stream, "pool", job); });
}

}  // namespace gimbal::nn::cuda
