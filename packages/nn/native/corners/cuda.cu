#include <device/cuda-check.hpp>

#include "../tensor/device.cuh"
#include "../tensor/launch.cuh"
#include "corners.hpp"

namespace gimbal::nn::cuda {
namespace {

/// A block a pair: nine warps read the eight numbers of the corners and the expected error, then all make the map.
template <class T>
__global__ void __launch_bounds__(288) cornersKernel(const __grid_constant__ Corners job) {
  waitForEarlier();
  letLaterBegin();
  __shared__ float found[9];
  const int n = static_cast<int>(blockIdx.x);
  if (job.active.count != nullptr && n >= *job.active.count) return;
  float* state = job.state + static_cast<std::size_t>(n) * stateNumbers;
  float* record = job.record + n * job.recordStride;
  if (!job.active.has(n)) {
    if (threadIdx.x == 0) repeatStep(state, record);
    return;
  }
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const Shape& x = job.x.shape;
  float sum = 0;
  for (int i = lane * 2; i < (warp < 8 ? x.c : 4 * x.c); i += 64) {
    const int c = i % x.c;
    float v[2];
    readView<2, T>(job.x, n, warp < 8 ? warp / 2 : i / x.c, c, v);
    const float* weight = warp < 8 ? job.weight + warp % 2 * x.c : job.spreadWeight;
    sum += (v[0] * weight[c] + v[1] * weight[c + 1]) * (warp < 8 ? 1 : 0.25f);
  }
  for (int d = 16; d > 0; d /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, d);
  if (lane == 0) found[warp] = sum + (warp < 8 ? job.bias[warp % 2] : job.spreadBias[0]);
  const UnitHomography h(state, job.geometry.extent);
  const Shape& s = job.map.shape;
  const float step = job.geometry.stride / job.geometry.extent;
  for (int i = static_cast<int>(threadIdx.x); i < s.h * s.w; i += 288) {
    const int r = i / s.w;
    const int c = i % s.w;
    float logit = static_cast<const float*>(job.map.data)[job.map.offset(n) + i * s.stride()];
    if (job.mixed) {
      const Shape& m = job.mixed.shape;
      logit += static_cast<const float*>(job.mixed.data)[job.mixed.offset(n) + (r / 2 * m.w + c / 2) * m.stride() + r % 2 * 2 + c % 2];
    }
    float px, py;
    h.project(c * step, r * step, px, py);
    job.inliers[static_cast<std::size_t>(n) * s.h * s.w + i] = isInside(px, py, job.geometry.extent) ? sigmoid(logit) : 0;
  }
  __syncthreads();  // all have read the state
  if (threadIdx.x != 0) return;
  float motion[8];
  for (int k = 0; k < 8; k++) motion[k] = (found[k] + (job.motion == nullptr ? 0 : job.motion[n * 8 + k])) * job.geometry.stride;
  updateState(state, record, motion, spreadOf(found[8]), job.geometry, job.reach);
}

}  // namespace

void corners(const Corners& job, CudaStream stream) {
  withType(job.x.type, [&](auto number) { launchKernel(cornersKernel<decltype(number)>, job.items, 288, 0, stream, "corners", job); });
}

}  // namespace gimbal::nn::cuda
