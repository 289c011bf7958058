#include <device/cuda-check.hpp>

#include "../tensor/device.cuh"
#include "../tensor/launch.cuh"
#include "warp.hpp"

namespace gimbal::nn::cuda {
namespace {

template <class T>
__global__ void __launch_bounds__(256) warpKernel(const __grid_constant__ Warp job) {
  waitForEarlier();
  letLaterBegin();
  const int n = static_cast<int>(blockIdx.y);
  if (!job.active.has(n)) return;
  const Shape& s = job.y.shape;
  const int groups = s.stride() / 8;
  const std::size_t i = static_cast<std::size_t>(blockIdx.x) * 256 + threadIdx.x;
  if (i >= s.pixels() * groups) return;
  const std::size_t pixel = i / groups;
  const int c = static_cast<int>(i % groups) * 8;
  float flow[2];
  readView<2, float>(job.flow, n, pixel, 0, flow);
  const float fx = fminf(fmaxf(static_cast<float>(pixel % s.w) + flow[0], 0.f), static_cast<float>(s.w - 1));
  const float fy = fminf(fmaxf(static_cast<float>(pixel / s.w % s.h) + flow[1], 0.f), static_cast<float>(s.h - 1));
  const int x0 = static_cast<int>(fx);
  const int y0 = static_cast<int>(fy);
  const int x1 = min(x0 + 1, s.w - 1);
  const int y1 = min(y0 + 1, s.h - 1);
  const float ax = fx - x0;
  const float ay = fy - y0;
  const std::size_t top = pixel / s.w / s.h * s.h;
  float p[4][8], v[8];
  readView<8, T>(job.x, n, (top + y0) * s.w + x0, c, p[0]);
  readView<8, T>(job.x, n, (top + y0) * s.w + x1, c, p[1]);
  readView<8, T>(job.x, n, (top + y1) * s.w + x0, c, p[2]);
  readView<8, T>(job.x, n, (top + y1) * s.w + x1, c, p[3]);
#pragma unroll
  for (int k = 0; k < 8; k++) v[k] = (p[0][k] * (1 - ax) + p[1][k] * ax) * (1 - ay) + (p[2][k] * (1 - ax) + p[3][k] * ax) * ay;
  writeView<8, T>(job.y, n, pixel, c, v);
}

}  // namespace

void warpFeatures(const Warp& job, CudaStream stream) {
  const std::size_t count = job.y.shape.size() / 8;
  withType(job.x.type, [&](auto number) {
    launchKernel(warpKernel<decltype(number)>, dim3(static_cast<unsigned>((count + 255) / 256), job.items), 256, 0, stream, "warp of features", job);
  });
}

}  // namespace gimbal::nn::cuda
