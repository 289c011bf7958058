#pragma once
#include "../norm/norm.cuh"
#include "../tensor/device.cuh"
#include "../tensor/launch.cuh"
#include "conv.hpp"

// Convolution without tensor cores: in float32, or of a few input channels. A thread makes eight channels of one pixel.
namespace gimbal::nn {

constexpr int plainThreads = 128;
/// Pixels of a thread where one makes all channels, so that the sums for a normalisation are added up seldom.
template <int CHANNELS>
constexpr int fewPixels = CHANNELS <= 16 ? 4 : 2;
inline int fewPixelsOf(int channels) { return channels <= 16 ? 4 : 2; }
/// Weights that fit a block's shared memory beside the sums of finishNorm.
constexpr int mostFewWeights = 8 * 1024;

/// Whether a thread can make all channels of a pixel.
inline bool fewChannels(const Conv& job) {
  const int taps = job.kernel[0] * job.kernel[1] * job.kernel[2];
  const int stride = job.y.shape.stride();
  return job.x.shape.c <= 4 && !job.residual && job.x.affine == nullptr && stride <= 32 && taps * job.x.shape.c * stride <= mostFewWeights;
}

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
  waitForEarlier();
  letLaterBegin();
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

/// All CHANNELS of `fewPixels` pixels a thread: an input of one or three channels is read once, and the weights lie near.
template <class X, class Y, int CHANNELS>
__global__ void __launch_bounds__(plainThreads) convFew(const __grid_constant__ Conv job) {
  waitForEarlier();
  letLaterBegin();
  extern __shared__ __align__(16) float weights[];
  const int count = job.places[0] * job.places[1] * job.places[2];
  constexpr int pixels = plainThreads * fewPixels<CHANNELS>;
  const int blocks = (count + pixels - 1) / pixels;
  const int n = static_cast<int>(blockIdx.x) / blocks;
  const int block = static_cast<int>(blockIdx.x) % blocks;
  if (!job.active.has(n)) return;
  const Shape& in = job.x.shape;
  const int id = static_cast<int>(threadIdx.x);
  const int taps = job.kernel[0] * job.kernel[1] * job.kernel[2] * in.c;
  for (int i = id; i < taps * CHANNELS / 4; i += plainThreads) reinterpret_cast<float4*>(weights)[i] = reinterpret_cast<const float4*>(job.weights)[i];
  __syncthreads();
  const X* x = static_cast<const X*>(job.x.data) + job.x.offset(n);
  // Pixels side by side have independent loads in flight, and share what is read of the weights.
  const int first = block * plainThreads * fewPixels<CHANNELS> + id;
  int top[fewPixels<CHANNELS>], left[fewPixels<CHANNELS>], start[fewPixels<CHANNELS>];
#pragma unroll
  for (int k = 0; k < fewPixels<CHANNELS>; k++) {
    const Place place(job, first + k * plainThreads);
    start[k] = first + k * plainThreads < count ? place.t * job.stride[0] - job.pad[0] : -(1 << 20);
    top[k] = place.y * job.stride[1] - job.pad[1];
    left[k] = place.x * job.stride[2] - job.pad[2];
  }
  float sums[fewPixels<CHANNELS>][CHANNELS] = {};
  const float* w = weights;
  for (int kt = 0; kt < job.kernel[0]; kt++) {
    for (int ky = 0; ky < job.kernel[1]; ky++) {
      for (int kx = 0; kx < job.kernel[2]; kx++) {
        const X* pixel[fewPixels<CHANNELS>];
#pragma unroll
        for (int k = 0; k < fewPixels<CHANNELS>; k++) {
          const int t = start[k] + kt * job.dilation[0];
          const int r = top[k] + ky * job.dilation[1];
          const int c = left[k] + kx * job.dilation[2];
          const bool inside = t >= 0 && t < in.t && r >= 0 && r < in.h && c >= 0 && c < in.w;
          pixel[k] = inside ? x + ((static_cast<std::size_t>(t) * in.h + r) * in.w + c) * in.stride() : nullptr;
        }
        for (int i = 0; i < in.c; i++, w += CHANNELS) {
          float value[fewPixels<CHANNELS>];
#pragma unroll
          for (int k = 0; k < fewPixels<CHANNELS>; k++) {
            value[k] = pixel[k] == nullptr ? 0 : activated(static_cast<float>(pixel[k][i]), job.x.slope) * job.scale + job.shift;
          }
#pragma unroll
          for (int o = 0; o < CHANNELS; o += 4) {
            const float4 four = *reinterpret_cast<const float4*>(w + o);
#pragma unroll
            for (int k = 0; k < fewPixels<CHANNELS>; k++) {
              sums[k][o] = fmaf(value[k], four.x, sums[k][o]);
              sums[k][o + 1] = fmaf(value[k], four.y, sums[k][o + 1]);
              sums[k][o + 2] = fmaf(value[k], four.z, sums[k][o + 2]);
              sums[k][o + 3] = fmaf(value[k], four.w, sums[k][o + 3]);
            }
          }
        }
      }
    }
  }
  float total[CHANNELS] = {};
  float squares[CHANNELS] = {};
#pragma unroll
  for (int k = 0; k < fewPixels<CHANNELS>; k++) {
    const int at = first + k * plainThreads;
    if (at >= count) break;
    const std::size_t pixel = Place(job, at).pixel(job);
#pragma unroll
    for (int o = 0; o < CHANNELS; o++) {
      if (job.bias != nullptr) sums[k][o] += __ldg(job.bias + o);
      total[o] += sums[k][o];
      squares[o] = fmaf(sums[k][o], sums[k][o], squares[o]);
      sums[k][o] = o < job.y.shape.c ? activated(sums[k][o], job.slope) : 0;
    }
#pragma unroll
    for (int o = 0; o < CHANNELS; o += 8) writeView<8, Y>(job.y, n, pixel, o, sums[k] + o);
  }
  if (job.norm.groups == 0) return;
  __syncthreads();  // the weights have been read
  float2* warps = reinterpret_cast<float2*>(weights);  // [warp][channel]
#pragma unroll
  for (int o = 0; o < CHANNELS; o++) {
    float sum = total[o];
    float square = squares[o];
#pragma unroll
    for (int d = 16; d > 0; d /= 2) {
      sum += __shfl_xor_sync(0xffffffffu, sum, d);
      square += __shfl_xor_sync(0xffffffffu, square, d);
    }
    if (id % 32 == 0) warps[id / 32 * CHANNELS + o] = make_float2(sum, square);
  }
  __syncthreads();
  if (id < CHANNELS) {
    float2 sum = make_float2(0, 0);
    for (int w = 0; w < plainThreads / 32; w++) {
      sum.x += warps[w * CHANNELS + id].x;
      sum.y += warps[w * CHANNELS + id].y;
    }
    reinterpret_cast<float2*>(job.norm.partial)[(static_cast<std::size_t>(n) * job.norm.blocks + block) * CHANNELS + id] = sum;
  }
  finishNorm(job.norm, n, job.y.shape, blocks);
}

}  // namespace gimbal::nn
