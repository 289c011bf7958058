#pragma once
#include "norm.hpp"

namespace gimbal::nn {

/// Called by every thread of every block that wrote partial sums of item n; `arriving` blocks in all. The last one to arrive adds the
/// sums in their order, so that the answer does not depend on who was last. `channels` are the real ones.
__device__ __noinline__ inline void finishNorm(const Norm& norm, int n, const Shape& shape, int arriving) {
  __shared__ bool last;
  __shared__ double sums[2][256];
  __shared__ float channel[2][mostNormChannels];
  const int threads = static_cast<int>(blockDim.x);
  const int id = static_cast<int>(threadIdx.x);
  __threadfence();
  __syncthreads();
  if (id == 0) last = atomicAdd(norm.arrivals + n, 1u) == static_cast<unsigned>(arriving) - 1;
  __syncthreads();
  if (!last) return;
  __threadfence();
  const int stride = shape.stride();
  const float2* partial = reinterpret_cast<const float2*>(norm.partial) + static_cast<std::size_t>(n) * norm.blocks * stride;
  const double count = static_cast<double>(shape.pixels());
  for (int first = 0; first < stride; first += threads) {
    const int width = min(stride - first, threads);
    const int parts = threads / width;
    const int part = id / width;
    double sum = 0, squares = 0;
    if (part < parts) {
      // Many at once: each comes from far away.
      constexpr int together = 8;
      for (int b = part; b < norm.blocks; b += parts * together) {
        float2 v[together];
#pragma unroll
        for (int k = 0; k < together; k++) {
          const int block = b + k * parts;
          v[k] = block < norm.blocks ? __ldcg(partial + static_cast<std::size_t>(block) * stride + first + id % width) : make_float2(0, 0);
        }
#pragma unroll
        for (int k = 0; k < together; k++) {
          sum += v[k].x;
          squares += v[k].y;
        }
      }
    }
    sums[0][id] = sum;
    sums[1][id] = squares;
    __syncthreads();
    if (id < width) {
      for (int p = 1; p < parts; p++) {
        sum += sums[0][p * width + id];
        squares += sums[1][p * width + id];
      }
      const double mean = sum / count;
      channel[0][first + id] = static_cast<float>(mean);
      channel[1][first + id] = static_cast<float>(squares / count - mean * mean);
    }
    __syncthreads();
  }
  const int size = shape.c / norm.groups;
  for (int c = id; c < stride; c += threads) {
    float2 out = make_float2(0, 0);
    if (c < shape.c) {
      const int from = c / size * size;
      float mean = 0;
      for (int k = from; k < from + size; k++) mean += channel[0][k];
      mean /= size;
      float variance = 0;
      for (int k = from; k < from + size; k++) {
        const float d = channel[0][k] - mean;
        variance += channel[1][k] + d * d;
      }
      variance = fmaxf(variance / size, 0.f);
      const float scale = (norm.weight == nullptr ? 1 : norm.weight[c]) / sqrtf(variance + norm.epsilon);
      out = make_float2(scale, (norm.bias == nullptr ? 0 : norm.bias[c]) - mean * scale);
    }
    reinterpret_cast<float2*>(norm.affine)[static_cast<std::size_t>(n) * stride + c] = out;
  }
  if (id == 0) norm.arrivals[n] = 0;
}

}  // namespace gimbal::nn
