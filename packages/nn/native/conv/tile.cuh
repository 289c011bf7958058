#pragma once
#include "../norm/norm.cuh"
#include "../tensor/mma.cuh"
#include "../tensor/launch.cuh"
#include "conv.hpp"

// Convolution on tensor cores as a product of matrices that are never written down (implicit GEMM): rows are output pixels, columns
// output channels, and K runs over taps and input channels. A block brings the input pixels of its tile into shared memory once, with
// what is pending on them, and reads them again for every tap.
namespace gimbal::nn {

struct Tiling {
  int log2Width;  // of the tile of output places
  int width, height;
  int across, down;  // tiles
  int inWidth, inHeight;
  int chunk;  // input channels at a time
  int row;    // bytes from pixel to pixel in shared memory
  int steps;  // along the input channels, of all of them
  int tiles;  // of eight output channels, in all
};

template <class T>
__device__ inline void bringTile(const Conv& job, const Tiling& q, int n, int t, int top, int left, int first, unsigned char* shared) {
  constexpr int vector = 16 / static_cast<int>(sizeof(T));
  const int vectors = q.chunk / vector;
  const int together = static_cast<int>(blockDim.x) / vectors;
  const int v = static_cast<int>(threadIdx.x) % vectors;
  const int c = first + v * vector;
  const Shape& in = job.x.shape;
  const int stride = in.stride();
  if (static_cast<int>(threadIdx.x) >= together * vectors) return;
  const T* x = static_cast<const T*>(job.x.data) + job.x.offset(n) + static_cast<std::size_t>(t) * in.h * in.w * stride + c;
  const bool pending = !job.x.plain() || job.scale != 1 || job.shift != 0;
  float scale[vector], shift[vector];
  if (pending) {
#pragma unroll
    for (int i = 0; i < vector; i++) {
      float2 p = make_float2(1, 0);
      if (job.x.affine != nullptr && c < stride) {
        p = __ldg(reinterpret_cast<const float2*>(job.x.affine) + static_cast<std::size_t>(n) * stride + c + i);
      }
      scale[i] = p.x;
      shift[i] = p.y;
    }
  }
  const int pixels = q.inWidth * q.inHeight;
  for (int p = static_cast<int>(threadIdx.x) / vectors; p < pixels; p += together) {
    const int row = top + p / q.inWidth;
    const int column = left + p % q.inWidth;
    uint4 words = make_uint4(0, 0, 0, 0);
    if (row >= 0 && row < in.h && column >= 0 && column < in.w && c < stride) {
      words = __ldg(reinterpret_cast<const uint4*>(x + (static_cast<std::size_t>(row) * in.w + column) * stride));
      if (pending || sizeof(T) == 4) {
        float values[vector];
        loadFloats<vector>(reinterpret_cast<const T*>(&words), values);
        if (pending) {
#pragma unroll
          for (int i = 0; i < vector; i++) {
            values[i] = activated(fmaf(values[i], scale[i], shift[i]), job.x.slope) * job.scale + job.shift;
          }
        }
        if constexpr (sizeof(T) == 4) {
#pragma unroll
          for (int i = 0; i < vector; i++) values[i] = __uint_as_float((__float_as_uint(values[i]) + 0x1000u) & ~0x1fffu);
        }
        storeFloats<vector>(reinterpret_cast<T*>(&words), values);
      }
    }
    *reinterpret_cast<uint4*>(shared + static_cast<std::size_t>(p) * q.row + v * 16) = words;
  }
}

/// MT tiles of 16 output places for each of WARPS warps, NT tiles of 8 channels, G of them together (`tilesTogether`).
template <class T, int MT, int WARPS, int NT, int G>
__global__ void __launch_bounds__(WARPS * 32, MT == 1 ? 4 : MT == 4 ? 5 : NT <= 2 ? 9 : NT <= 4 ? 6 : NT <= 8 ? 4 : 2) convTile(const __grid_constant__ Conv job, const __grid_constant__ Tiling q) {
  waitForEarlier();
  letLaterBegin();
  extern __shared__ __align__(16) unsigned char shared[];
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int perTime = q.across * q.down;
  const int perItem = perTime * job.places[0];
  const int n = static_cast<int>(blockIdx.x) / perItem;
  if (!job.active.has(n)) return;
  const int block = static_cast<int>(blockIdx.x) % perItem;
  const int outT = block / perTime;
  const int outY = block % perTime / q.across * q.height;
  const int outX = block % q.across * q.width;
  const int tile = static_cast<int>(blockIdx.y) * NT;

  std::uint32_t address[MT];
#pragma unroll
  for (int m = 0; m < MT; m++) {
    const int at = (warp * MT + m) * 16 + lane % 16;
    const int y = at >> q.log2Width;
    const int x = at & (q.width - 1);
    address[m] = sharedAddress(shared) + (y * job.stride[1] * q.inWidth + x * job.stride[2]) * q.row + lane / 16 * 16;
  }
  float sums[MT][NT][4] = {};
  for (int kt = 0; kt < job.kernel[0]; kt++) {
    const int t = outT * job.stride[0] - job.pad[0] + kt * job.dilation[0];
    if (t < 0 || t >= job.x.shape.t) continue;
    for (int first = 0; first < q.steps * stepOf<T>; first += q.chunk) {
      __syncthreads();
      bringTile<T>(job, q, n, t, outY * job.stride[1] - job.pad[1], outX * job.stride[2] - job.pad[2], first, shared);
      __syncthreads();
      const int steps = min(q.chunk / stepOf<T>, q.steps - first / stepOf<T>);
      const int taps = job.kernel[1] * job.kernel[2];
      const std::size_t perStep = static_cast<std::size_t>(q.tiles) * 32;
      const uint2* weights = reinterpret_cast<const uint2*>(job.packed) +
                             (static_cast<std::size_t>(kt) * taps * q.steps + first / stepOf<T>) * perStep + tile * 32 + lane;
      int ky = 0, kx = 0, step = 0;
      std::uint32_t away = 0;
      // Weights come from afar: as many steps ahead as registers allow.
      constexpr int ahead = MT > 1 ? (NT <= 2 ? 3 : 2) : NT <= 2 ? 8 : 6;
      const int all = taps * steps;
      int fetched = 0;
      int within = 0;
      uint2 b[ahead][NT];
      const auto fetch = [&](uint2(&to)[NT]) {
        if (fetched == all) return;
#pragma unroll
        for (int j = 0; j < NT; j++) to[j] = __ldg(weights + j * 32);
        weights += perStep;
        // Where only some of the input channels are here, a tap's other steps lie between.
        fetched++;
        if (++within == steps) {
          within = 0;
          weights += (q.steps - steps) * perStep;
        }
      };
#pragma unroll
      for (int d = 0; d < ahead; d++) fetch(b[d]);
      for (int done = 0; done < all; done += ahead) {
#pragma unroll
        for (int d = 0; d < ahead; d++) {
          if (done + d >= all) break;
          std::uint32_t a[MT][4];
#pragma unroll
          for (int m = 0; m < MT; m++) loadMatrices(a[m], address[m] + away + step * 32);
          if (++step == steps) {
            step = 0;
            if (++kx == job.kernel[2]) kx = 0, ky++;
            away = (ky * job.dilation[1] * q.inWidth + kx * job.dilation[2]) * q.row;
          }
#pragma unroll
          for (int j = 0; j < NT; j++) {
#pragma unroll
            for (int m = 0; m < MT; m++) multiplyAdd<T>(sums[m][j], a[m], b[d][j].x, b[d][j].y);
          }
          fetch(b[d]);
        }
      }
    }
  }
  finishTile<T, MT, WARPS, NT, G>(job, q, n, block, outT, outY, outX, tile, sums, shared);
}

/// Bias, residual, activation and sums for a normalisation, from the registers in which the products lie.
template <class T, int MT, int WARPS, int NT, int G>
__device__ inline void finishTile(const Conv& job, const Tiling& q, int n, int block, int outT, int outY, int outX, int tile,
                                  float (&sums)[MT][NT][4], unsigned char* shared) {
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const Shape& out = job.y.shape;
  const int stride = out.stride();
  float total[NT][2][2] = {};
#pragma unroll
  for (int group = 0; group < NT / G; group++) {
    const int channel = (tile + group * G) * 8 + lane % 4 * 2 * G;
    float bias[2 * G] = {};
    if (job.bias != nullptr) loadFloats<2 * G>(job.bias + channel, bias);
#pragma unroll
    for (int m = 0; m < MT; m++) {
#pragma unroll
      for (int half = 0; half < 2; half++) {
        const int at = (warp * MT + m) * 16 + lane / 4 + 8 * half;
        const int y = outY + (at >> q.log2Width);
        const int x = outX + (at & (q.width - 1));
        if (y >= job.places[1] || x >= job.places[2]) continue;
        float v[2 * G];
#pragma unroll
        for (int k = 0; k < G; k++) {
#pragma unroll
          for (int e = 0; e < 2; e++) {
            v[2 * k + e] = sums[m][group * G + k][2 * half + e] + bias[2 * k + e];
            total[group * G + k][e][0] += v[2 * k + e];
            total[group * G + k][e][1] += v[2 * k + e] * v[2 * k + e];
          }
        }
        const std::size_t pixel = ((static_cast<std::size_t>(outT) * job.step[0] + job.offset[0]) * out.h + y * job.step[1] + job.offset[1]) * out.w +
                                  x * job.step[2] + job.offset[2];
        if (job.residual) {
          float more[2 * G];
          readView<2 * G, T>(job.residual, n, pixel, channel, more);
#pragma unroll
          for (int i = 0; i < 2 * G; i++) v[i] += more[i];
        }
        if (job.slope != 1) {
#pragma unroll
          for (int i = 0; i < 2 * G; i++) v[i] = channel + i < out.c ? activated(v[i], job.slope) : 0;
        }
        if (job.y.type == Type::f32) {
          writeView<2 * G, float>(job.y, n, pixel, channel, v);
        } else {
          writeView<2 * G, T>(job.y, n, pixel, channel, v);
        }
      }
    }
  }
  if (job.norm.groups == 0) return;
  float2* warps = reinterpret_cast<float2*>(shared);  // [warp][channel]
  __syncthreads();
#pragma unroll
  for (int j = 0; j < NT; j++) {
#pragma unroll
    for (int e = 0; e < 2; e++) {
#pragma unroll
      for (int d = 4; d < 32; d *= 2) {
        total[j][e][0] += __shfl_xor_sync(0xffffffffu, total[j][e][0], d);
        total[j][e][1] += __shfl_xor_sync(0xffffffffu, total[j][e][1], d);
      }
      if (lane < 4) {
        const int channel = j / G * G * 8 + lane * 2 * G + j % G * 2 + e;
        warps[warp * NT * 8 + channel] = make_float2(total[j][e][0], total[j][e][1]);
      }
    }
  }
  __syncthreads();
  float2* partial = reinterpret_cast<float2*>(job.norm.partial) + (static_cast<std::size_t>(n) * job.norm.blocks + block) * stride + tile * 8;
  for (int c = static_cast<int>(threadIdx.x); c < NT * 8; c += WARPS * 32) {
    float2 sum = make_float2(0, 0);
    for (int w = 0; w < WARPS; w++) {
      sum.x += warps[w * NT * 8 + c].x;
      sum.y += warps[w * NT * 8 + c].y;
    }
    partial[c] = sum;
  }
  finishNorm(job.norm, n, out, q.across * q.down * job.places[0] * static_cast<int>(gridDim.y));
}

}  // namespace gimbal::nn
