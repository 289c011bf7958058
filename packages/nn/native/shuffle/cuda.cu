#include <device/cuda-check.hpp>

#include "../tensor/device.cuh"
#include "../tensor/launch.cuh"
#include "shuffle.hpp"

namespace gimbal::nn::cuda {
namespace {

template <class T>
__global__ void __launch_bounds__(256) shuffleKernel(const __grid_constant__ Shuffle job) {
  waitForEarlier();
  letLaterBegin();
  const int n = static_cast<int>(blockIdx.y);
  if (!job.active.has(n)) return;
  const Shape& out = job.y.shape;
  const Shape& in = job.x.shape;
  const int groups = out.stride() / 8;
  const std::size_t i = blockIdx.x * 256 + threadIdx.x;
  if (i >= out.pixels() * groups) return;
  const int f = job.factor;
  const int c = static_cast<int>(i % groups) * 8;
  const int pixel = static_cast<int>(i / groups);
  const int x = pixel % out.w;
  const int y = pixel / out.w % out.h;
  const int t = pixel / out.w / out.h;
  const std::size_t source = (static_cast<std::size_t>(t) * in.h + y / f) * in.w + x / f;
  const T* from = static_cast<const T*>(job.x.data) + job.x.offset(n) + source * in.stride();
  float v[8];
#pragma unroll
  for (int k = 0; k < 8; k++) {
    const int channel = ((c + k) * f + y % f) * f + x % f;
    v[k] = 0;
    if (c + k >= out.c) continue;
    v[k] = static_cast<float>(from[channel]);
    if (job.x.affine != nullptr) {
      const float2 p = reinterpret_cast<const float2*>(job.x.affine)[static_cast<std::size_t>(n) * in.stride() + channel];
      v[k] = fmaf(v[k], p.x, p.y);
    }
    v[k] = activated(v[k], job.x.slope);
  }
  if (job.residual) {
    float more[8];
    readView<8, T>(job.residual, n, pixel, c, more);
#pragma unroll
    for (int k = 0; k < 8; k++) v[k] += more[k];
  }
#pragma unroll
  for (int k = 0; k < 8; k++) v[k] = activated(v[k], job.slope);
  writeView<8, T>(job.y, n, pixel, c, v);
}

}  // namespace

void shuffle(const Shuffle& job, CudaStream stream) {
  const std::size_t count = job.y.shape.size() / 8;
  const dim3 grid(static_cast<unsigned>((count + 255) / 256), static_cast<unsigned>(job.items));
  withType(job.x.type, [&](auto number) { launchKernel(shuffleKernel<decltype(number)>, grid, 256, 0, stream, "shuffle", job); });
}

}  // namespace gimbal::nn::cuda
