#pragma once
#include "../norm/norm.cuh"
#include "../tensor/device.cuh"
#include "conv.hpp"

// Convolution without tensor cores: of very few input channels, or in float32. A thread makes eight channels of one pixel.
namespace gimbal::nn {

constexpr int plainThreads = 128;

/// Where output place `at` of a lattice lies, and its pixel in y.
struct Place {
  int t, y, x;
  __device__ Place(const Conv& job, int at) {
    x = at % job.places[2];
    y = at / job.places[2] % job.places[1];
    t = at / job.places[2] / job.places[1];
  }
  __device__ std::size_t pixel(const Conv& job) const {
    return ((static_cast<std::size_t>(t) * job.step[0] + job.offset[0]) * job.y.shape.h + y * job.step[1] + job.offset[1]) *
               job.y.shape.w +
           x * job.step[2] + job.offset[2];
  }
};

template <class X, class Y>
__global__ void __launch_bounds__(plainThreads) convPlain(const __grid_constant__ Conv job) {
  const int count = job.places[0] * job.places[1] * job.places[2];
  const int blocks = (count + plainThreads - 1) / plainThreads;
  const int n = static_cast<int>(blockIdx.x) / blocks;
  const int block = static_cast<int>(blockIdx.x) % blocks;
  if (!job.active.has(n)) return;
  const int at = block * plainThreads + static_cast<int>(threadIdx.x);
  const int first = static_cast<int>(blockIdx.y) * 8;
  const Shape& in = job.x.shape;
  const int stride = job.y.shape.stride();
  float sums[8] = {};
  if (at < count) {
    const Place place(job, at);
    const X* x = static_cast<const X*>(job.x.data) + job.x.offset(n);
    const float* weights = job.weights + first;
    for (int kt = 0; kt < job.kernel[0]; kt++) {
      const int t = place.t * job.stride[0] - job.pad[0] + kt * job.dilation[0];
      for (int ky = 0; ky < job.kernel[1]; ky++) {
        const int r = place.y * job.stride[1] - job.pad[1] + ky * job.dilation[1];
        for (int kx = 0; kx < job.kernel[2]; kx++, weights += static_cast<std::size_t>(in.c) * stride) {
          const int c = place.x * job.stride[2] - job.pad[2] + kx * job.dilation[2];
          if (t < 0 || t >= in.t || r < 0 || r >= in.h || c < 0 || c >= in.w) continue;
          const X* pixel = x + ((static_cast<std::size_t>(t) * in.h + r) * in.w + c) * in.stride();
          for (int k = 0; k < in.c; k++) {
            float value = static_cast<float>(pixel[k]);
            if (job.x.affine != nullptr) {
              const float2 p = reinterpret_cast<const float2*>(job.x.affine)[static_cast<std::size_t>(n) * in.stride() + k];
              value = fmaf(value, p.x, p.y);
            }
            value = activated(value, job.x.slope) * job.scale + job.shift;
            float w[8];
            loadFloats<8>(weights + static_cast<std::size_t>(k) * stride, w);
#pragma unroll
            for (int o = 0; o < 8; o++) sums[o] = fmaf(value, w[o], sums[o]);
          }
        }
      }
    }
    const std::size_t pixel = place.pixel(job);
    if (job.bias != nullptr) {
#pragma unroll
      for (int o = 0; o < 8; o++) sums[o] += __ldg(job.bias + first + o);
    }
    float out[8];
#pragma unroll
    for (int o = 0; o < 8; o++) out[o] = sums[o];
    if (job.residual) {
      float more[8];
      if (job.residual.type == Type::f32) {
        readView<8, float>(job.residual, n, pixel, first, more);
      } else {
        readView<8, Y>(job.residual, n, pixel, first, more);
      }
#pragma unroll
      for (int o = 0; o < 8; o++) out[o] += more[o];
    }
#pragma unroll
    for (int o = 0; o < 8; o++) out[o] = first + o < job.y.shape.c ? activated(out[o], job.slope) : 0;
    writeView<8, Y>(job.y, n, pixel, first, out);
  }
  if (job.norm.groups == 0) return;
  __shared__ float2 warps[plainThreads / 32][8];
#pragma unroll
  for (int o = 0; o < 8; o++) {
    float sum = sums[o];
    float squares = sums[o] * sums[o];
    for (int d = 16; d > 0; d /= 2) {
      sum += __shfl_xor_sync(0xffffffffu, sum, d);
      squares += __shfl_xor_sync(0xffffffffu, squares, d);
    }
    if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32][o] = make_float2(sum, squares);
  }
  __syncthreads();
  if (threadIdx.x < 8) {
    float2 sum = make_float2(0, 0);
    for (int w = 0; w < plainThreads / 32; w++) {
      sum.x += warps[w][threadIdx.x].x;
      sum.y += warps[w][threadIdx.x].y;
    }
    reinterpret_cast<float2*>(job.norm.partial)[(static_cast<std::size_t>(n) * job.norm.blocks + block) * stride + first + threadIdx.x] = sum;
  }
  finishNorm(job.norm, n, job.y.shape, blocks * static_cast<int>(gridDim.y));
}

}  // namespace gimbal::nn
