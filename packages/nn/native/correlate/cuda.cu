#include <device/cuda-check.hpp>
#include <algorithm>
#include <stdexcept>
#include <string>

#include "../tensor/launch.cuh"
#include "../tensor/mma.cuh"
#include "correlate.hpp"

namespace gimbal::nn::cuda {
namespace {

constexpr int tileWidth = 16;
constexpr int haloWidth = 24;  // 16 cells and up to 4 on either side: three tiles of eight columns

constexpr int warpsOfRow = 2;

struct Layout {
  int rows;      // of the tile: two warps a row
  int haloRows;
  int row;       // bytes from cell to cell
  int channels;  // rounded up to whole steps
  int windowRow; // floats
  unsigned magic;  // to divide by the vectors of a cell
  int b, a, places, windows, total;  // byte offsets in shared memory
};

Layout layoutOf(const Correlate& job, int typeBytes, int rows) {
  Layout q{};
  q.rows = rows;
  q.haloRows = rows + 2 * job.radius;
  const int step = 32 / typeBytes;
  q.channels = (job.a.shape.stride() + step - 1) / step * step;
  q.row = q.channels * typeBytes + 16;
  const int side = 2 * job.radius + 1;
  q.magic = static_cast<unsigned>((0x100000000ull + q.channels * typeBytes / 16 - 1) / (q.channels * typeBytes / 16));
  q.windowRow = (side * side) | 1;
  q.a = q.haloRows * haloWidth * q.row;
  q.places = q.a + rows * tileWidth * q.row;
  q.windows = q.places + q.haloRows * haloWidth * static_cast<int>(sizeof(float2));
  q.total = q.windows + rows * tileWidth * q.windowRow * static_cast<int>(sizeof(float));
  return q;
}

/// Where every cell of the tile and its halo is read in b, in cells; below zero where it counts as zero.
__device__ void placeHalo(const Correlate& job, const Layout& q, int n, int left, int top, float2* places) {
  const Shape& s = job.a.shape;
  const float step = job.geometry.stride / job.geometry.extent;
  const float* state = job.state == nullptr ? nullptr : job.state + static_cast<std::size_t>(n) * stateNumbers;
  for (int i = static_cast<int>(threadIdx.x); i < q.haloRows * haloWidth; i += static_cast<int>(blockDim.x)) {
    const int column = i % haloWidth;
    const int x = left - job.radius + column;
    const int y = top - job.radius + i / haloWidth;
    float2 place = make_float2(-1, -1);
    if (column < tileWidth + 2 * job.radius && x >= 0 && x < s.w && y >= 0 && y < s.h) {
      place = make_float2(static_cast<float>(x), static_cast<float>(y));
      if (state != nullptr) {
        float px, py;
        UnitHomography(state, job.geometry.extent).project(x * step, y * step, px, py);
        place.x = fminf(fmaxf(px / job.geometry.stride, 0.f), static_cast<float>(s.w - 1));
        place.y = fminf(fmaxf(py / job.geometry.stride, 0.f), static_cast<float>(s.h - 1));
      }
    }
    places[i] = place;
  }
}

/// Features of b at those places, 16 bytes of channels a thread.
template <class T>
__device__ void sampleHalo(const Correlate& job, const Layout& q, int n, const float2* places, unsigned char* out) {
  constexpr int vector = 16 / static_cast<int>(sizeof(T));
  const int vectors = q.channels / vector;
  const Shape& s = job.b.shape;
  const int stride = s.stride();
  const T* b = static_cast<const T*>(job.b.data) + job.b.offset(n);
  for (int i = static_cast<int>(threadIdx.x); i < q.haloRows * haloWidth * vectors; i += static_cast<int>(blockDim.x)) {
    const int cell = static_cast<int>(__umulhi(static_cast<unsigned>(i), q.magic));
    const int v = i - cell * vectors;
    const float2 place = places[cell];
    uint4 words = make_uint4(0, 0, 0, 0);
    if (place.x >= 0 && v * vector < stride) {
      const int x0 = static_cast<int>(place.x);
      const int y0 = static_cast<int>(place.y);
      const int x1 = min(x0 + 1, s.w - 1);
      const int y1 = min(y0 + 1, s.h - 1);
      const float fx = place.x - x0;
      const float fy = place.y - y0;
      float p[4][vector];
      loadFloats<vector>(b + (y0 * s.w + x0) * stride + v * vector, p[0]);
      loadFloats<vector>(b + (y0 * s.w + x1) * stride + v * vector, p[1]);
      loadFloats<vector>(b + (y1 * s.w + x0) * stride + v * vector, p[2]);
      loadFloats<vector>(b + (y1 * s.w + x1) * stride + v * vector, p[3]);
      float values[vector];
#pragma unroll
      for (int k = 0; k < vector; k++) {
        const float above = p[0][k] * (1 - fx) + p[1][k] * fx;
        const float below = p[2][k] * (1 - fx) + p[3][k] * fx;
        values[k] = above * (1 - fy) + below * fy;
      }
      storeFloats<vector>(reinterpret_cast<T*>(&words), values);
    }
    *reinterpret_cast<uint4*>(out + cell * q.row + v * 16) = words;
  }
}

template <class T>
__device__ void bringRows(const Correlate& job, const Layout& q, int n, int left, int top, unsigned char* out) {
  constexpr int vector = 16 / static_cast<int>(sizeof(T));
  const int vectors = q.channels / vector;
  const Shape& s = job.a.shape;
  const T* a = static_cast<const T*>(job.a.data) + job.a.offset(n);
  for (int i = static_cast<int>(threadIdx.x); i < q.rows * tileWidth * vectors; i += static_cast<int>(blockDim.x)) {
    const int cell = static_cast<int>(__umulhi(static_cast<unsigned>(i), q.magic));
    const int v = i - cell * vectors;
    const int x = left + cell % tileWidth;
    const int y = top + cell / tileWidth;
    uint4 words = make_uint4(0, 0, 0, 0);
    if (x < s.w && y < s.h && v * vector < s.stride()) {
      words = *reinterpret_cast<const uint4*>(a + (y * s.w + x) * s.stride() + v * vector);
    }
    *reinterpret_cast<uint4*>(out + cell * q.row + v * 16) = words;
  }
}

/// The window of one row of 16 cells, by a warp. On tensor cores a row of offsets is the product of 16 cells with 24 of the halo, of which
/// the diagonal band is kept.
template <class T, int RADIUS>
__device__ void correlateRow(const Correlate& job, const Layout& q, const unsigned char* a, const unsigned char* b, int row, int part, float* window) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  constexpr int side = 2 * RADIUS + 1;
  const float scale = rsqrtf(static_cast<float>(job.a.shape.c));
  const unsigned char* rows = a + row * tileWidth * q.row;
  if constexpr (sizeof(T) == 4) {
    for (int i = part * 32 + lane; i < tileWidth * side * side; i += 32 * warpsOfRow) {
      const int cell = i % tileWidth;
      const int o = i / tileWidth;
      const float4* one = reinterpret_cast<const float4*>(rows + cell * q.row);
      const float4* other = reinterpret_cast<const float4*>(b + ((row + o / side) * haloWidth + cell + o % side) * q.row);
      float sum = 0;
      for (int c = 0; c < q.channels / 4; c++) {
        sum = fmaf(one[c].x, other[c].x, fmaf(one[c].y, other[c].y, fmaf(one[c].z, other[c].z, fmaf(one[c].w, other[c].w, sum))));
      }
      window[cell * q.windowRow + o] = sum * scale;
    }
  } else {
    const std::uint32_t first = sharedAddress(rows) + lane % 16 * q.row + lane / 16 * 16;
    // Lanes 0 to 7 and 8 to 15 point at both halves along K of eight cells, the others at the eight cells after them.
    const std::uint32_t cells = sharedAddress(b) + (lane % 8 + lane / 16 * 8) * q.row + lane / 8 % 2 * 16;
    const int steps = q.channels / stepOf<T>;
    for (int dy = part; dy < side; dy += warpsOfRow) {
      float sums[3][4] = {};
      const std::uint32_t second = cells + (row + dy) * haloWidth * q.row;
      for (int s = 0; s < steps; s++) {
        std::uint32_t x[4], y[4], z[4];
        loadMatrices(x, first + s * 32);
        loadMatrices(y, second + s * 32);
        loadMatrices(z, second + 8 * q.row + s * 32);
        multiplyAdd<T>(sums[0], x, y[0], y[1]);
        multiplyAdd<T>(sums[1], x, y[2], y[3]);
        multiplyAdd<T>(sums[2], x, z[2], z[3]);
      }
#pragma unroll
      for (int tile = 0; tile < 3; tile++) {
#pragma unroll
        for (int k = 0; k < 4; k++) {
          const int cell = lane / 4 + k / 2 * 8;
          const int dx = tile * 8 + lane % 4 * 2 + k % 2 - cell;
          if (dx >= 0 && dx < side) window[cell * q.windowRow + dy * side + dx] = sums[tile][k] * scale;
        }
      }
    }
  }
}

/// Writes the windows of half a row of cells, and their soft-argmax: four lanes a cell.
template <class T, int RADIUS>
__device__ void finishRow(const Correlate& job, const Layout& q, int n, int left, int y, int part, const float* window) {
  const Shape& s = job.a.shape;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  constexpr int side = 2 * RADIUS + 1;
  constexpr int count = side * side;
  constexpr int cells = tileWidth / warpsOfRow;
  if (job.peak != nullptr) {
    const int cell = part * cells + lane % cells;
    const float* values = window + cell * q.windowRow;
    float most = -3.4e38f;
#pragma unroll
    for (int o = 0; o < count; o += 4) {
      if (o + lane / cells < count) most = fmaxf(most, values[o + lane / cells] * job.sharpness);
    }
    most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 8));
    most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 16));
    float total = 0, along = 0, down = 0;
#pragma unroll
    for (int o = 0; o < count; o += 4) {
      const int at = o + lane / cells;
      if (at >= count) continue;
      const float share = __expf(values[at] * job.sharpness - most);
      total += share;
      along += share * static_cast<float>(at % side - RADIUS);
      down += share * static_cast<float>(at / side - RADIUS);
    }
#pragma unroll
    for (int d = 8; d < 32; d *= 2) {
      total += __shfl_xor_sync(0xffffffffu, total, d);
      along += __shfl_xor_sync(0xffffffffu, along, d);
      down += __shfl_xor_sync(0xffffffffu, down, d);
    }
    if (lane < cells && left + cell < s.w && y < s.h) {
      reinterpret_cast<float2*>(job.peak)[static_cast<std::size_t>(n) * s.pixels() + y * s.w + left + cell] = make_float2(along / total, down / total);
    }
  }
  constexpr int groups = (count + 8) / 8;  // with room for the channel of what lies outside
  const int stored = job.window.shape.stride() / 8;
  for (int i = lane; i < cells * groups; i += 32) {
    const int cell = part * cells + i / groups;
    const int c = i % groups * 8;
    if (c / 8 >= stored) continue;
    if (left + cell >= s.w || y >= s.h) continue;
    float v[8];
#pragma unroll
    for (int k = 0; k < 8; k++) v[k] = c + k < count ? window[cell * q.windowRow + c + k] : 0;
    if (job.outside && c <= count && count < c + 8) {
      const float step = job.geometry.stride / job.geometry.extent;
      float px, py;
      UnitHomography(job.state + static_cast<std::size_t>(n) * stateNumbers, job.geometry.extent).project((left + cell) * step, y * step, px, py);
      const float outside = isInside(px, py, job.geometry.extent) ? 0 : 1;
#pragma unroll
      for (int k = 0; k < 8; k++) {
        if (c + k == count) v[k] = outside;
      }
    }
    writeView<8, T>(job.window, n, static_cast<std::size_t>(y) * s.w + left + cell, c, v);
  }
}

template <class T, int RADIUS>
__global__ void __launch_bounds__(256) correlateKernel(const __grid_constant__ Correlate job, const __grid_constant__ Layout q) {
  waitForEarlier();
  letLaterBegin();
  extern __shared__ __align__(16) unsigned char shared[];
  const int n = static_cast<int>(blockIdx.z);
  if (!job.active.has(n)) return;
  const int left = static_cast<int>(blockIdx.x) * tileWidth;
  const int top = static_cast<int>(blockIdx.y) * q.rows;
  const int row = static_cast<int>(threadIdx.x) / 32 / warpsOfRow;
  const int part = static_cast<int>(threadIdx.x) / 32 % warpsOfRow;
  auto* places = reinterpret_cast<float2*>(shared + q.places);
  auto* window = reinterpret_cast<float*>(shared + q.windows) + row * tileWidth * q.windowRow;
  placeHalo(job, q, n, left, top, places);
  bringRows<T>(job, q, n, left, top, shared + q.a);
  __syncthreads();
  sampleHalo<T>(job, q, n, places, shared + q.b);
  __syncthreads();
  correlateRow<T, RADIUS>(job, q, shared + q.a, shared + q.b, row, part, window);
  __syncthreads();
  finishRow<T, RADIUS>(job, q, n, left, top + row, part, window);
}

template <class T, int RADIUS>
void launch(const Correlate& job, CudaStream stream) {
  int device = 0;
  int most = 0;
  cudaCheck(cudaGetDevice(&device), "correlate");
  cudaCheck(cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device), "correlate");
  for (const int rows : {4, 2, 1}) {
    const Layout q = layoutOf(job, sizeof(T), rows);
    if (q.total > most) continue;
    cudaCheck(cudaFuncSetAttribute(correlateKernel<T, RADIUS>, cudaFuncAttributeMaxDynamicSharedMemorySize, q.total), "correlate: shared memory");
    const Shape& s = job.a.shape;
    const dim3 grid(static_cast<unsigned>((s.w + tileWidth - 1) / tileWidth), static_cast<unsigned>((s.h + rows - 1) / rows),
                    static_cast<unsigned>(job.items));
    launchKernel(correlateKernel<T, RADIUS>, grid, 32 * rows * warpsOfRow, q.total, stream, "correlate", job, q);
    return;
  }
  throw std::invalid_argument("correlate: " + std::to_string(job.a.shape.c) + " channels with radius " + std::to_string(job.radius) +
                              " need more shared memory than the " + std::to_string(most) + " bytes that a block of this device has; use fewer channels or 16-bit numbers");
}

}  // namespace

void correlate(const Correlate& job, CudaStream stream) {
  withType(job.a.type, [&](auto number) {
    using T = decltype(number);
    if (job.radius == 4) {
      launch<T, 4>(job, stream);
    } else if (job.radius == 3) {
      launch<T, 3>(job, stream);
    } else if (job.radius == 2) {
      launch<T, 2>(job, stream);
    } else {
      launch<T, 1>(job, stream);
    }
  });
}

}  // namespace gimbal::nn::cuda
