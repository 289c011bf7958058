#include <device/cuda-check.hpp>

#include "../tensor/device.cuh"
#include "../tensor/launch.cuh"
#include "convert.hpp"

namespace gimbal::nn::cuda {
namespace {

template <class X, class Y>
__global__ void __launch_bounds__(256) convertKernel(const __grid_constant__ Convert job) {
  waitForEarlier();
  letLaterBegin();
  const int n = static_cast<int>(blockIdx.y);
  if (!job.active.has(n)) return;
  const Shape& s = job.y.shape;
  const std::size_t i = static_cast<std::size_t>(blockIdx.x) * 256 + threadIdx.x;
  if (i >= s.size()) return;
  const int c = static_cast<int>(i % s.stride());
  float v = 0;
  if (c < s.c) {
    const int stride = job.x.shape.stride();
    v = static_cast<float>(static_cast<const X*>(job.x.data)[job.x.offset(n) + i / s.stride() * stride + c]);
    if (job.x.affine != nullptr) {
      const float2 p = reinterpret_cast<const float2*>(job.x.affine)[static_cast<std::size_t>(n) * stride + c];
      v = fmaf(v, p.x, p.y);
    }
    v = activated(v, job.x.slope);
  }
  static_cast<Y*>(job.y.data)[job.y.offset(n) + i] = static_cast<Y>(v);
}

}  // namespace

void convert(const Convert& job, CudaStream stream) {
  const dim3 grid(static_cast<unsigned>((job.y.shape.size() + 255) / 256), static_cast<unsigned>(job.items));
  withType(job.x.type, [&](auto x) {
    withType(job.y.type, [&](auto y) {
      if constexpr (sizeof(x) == 4 || sizeof(y) == 4 || __is_same(decltype(x), decltype(y))) {
        launchKernel(convertKernel<decltype(x), decltype(y)>, grid, 256, 0, stream, "convert", job);
      }
    });
  });
}

}  // namespace gimbal::nn::cuda
