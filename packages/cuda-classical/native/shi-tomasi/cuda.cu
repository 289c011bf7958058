#include <algorithm>
#include <cmath>
#include <device/cuda-check.hpp>
#include <stdexcept>

#include "../scharr/gradient.cuh"
#include "cuda.hpp"
#include "select.cuh"

// The strength of every pixel with the sums of the CPU path in their order, so that both choose the same corners.
namespace gimbal {
namespace {

constexpr int kBox = 7;
constexpr int kReach = kBox / 2;

/// The three distinct products of every gradient with itself.
__global__ void gradientProducts(PrepareBatch batch, FrameLayout layout, PrepareLayout scratch) {
  const LevelLayout level = layout.level[0];
  const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  unsigned char* bytes = batch.at[blockIdx.z].scratch;
  if (x == 0 && y < 4) reinterpret_cast<int*>(bytes + scratch.counts)[y] = 0;
  if (x >= level.width || y >= level.height) return;
  const float* here = reinterpret_cast<const float*>(batch.at[blockIdx.z].frame) + level.first + y * level.pitch + x;
  const device::Gradient g = device::scharrAt(here, level.pitch);
  const int area = level.width * level.height;
  float* out = reinterpret_cast<float*>(bytes + scratch.products) + y * level.width + x;
  out[0] = g.x * g.x;
  out[area] = g.x * g.y;
  out[2 * area] = g.y * g.y;
}

/// Replaces every product by the sum over the seven rows about it, kept up row by row down a column; blockIdx.y is the product.
__global__ void columnSums(PrepareBatch batch, FrameLayout layout, std::size_t products) {
  constexpr int kAhead = 4 * kBox;
  const int w = layout.level[0].width, h = layout.level[0].height;
  const int x = blockIdx.x * blockDim.x + threadIdx.x;
  if (x >= w) return;
  float* column = reinterpret_cast<float*>(batch.at[blockIdx.z].scratch + products) + blockIdx.y * w * h + x;
  float window[kBox];
  float sum = 0;
#pragma unroll
  for (int k = 0; k < kBox; k++) {
    window[k] = column[k * w];
    sum += window[k];
  }
  column[kReach * w] = sum;
  for (int first = kBox; first < h; first += kAhead) {
    float next[kAhead];
#pragma unroll
    for (int k = 0; k < kAhead; k++) next[k] = first + k < h ? column[(first + k) * w] : 0;
#pragma unroll
    for (int k = 0; k < kAhead; k++) {
      sum += next[k];
      sum -= window[k % kBox];
      window[k % kBox] = next[k];
      if (first + k < h) column[(first + k - kReach) * w] = sum;
    }
  }
}

__device__ float across(const float* p) { return ((p[0] + p[1]) + (p[2] + p[3])) + ((p[4] + p[5]) + p[6]); }

__global__ void eigenStrength(PrepareBatch batch, FrameLayout layout, PrepareLayout scratch, CornerMask mask) {
  const int w = layout.level[0].width, h = layout.level[0].height, area = w * h;
  const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x >= w || y >= h) return;
  unsigned char* bytes = batch.at[blockIdx.z].scratch;
  float strength = 0;
  if (x >= kReach && y >= kReach && x < w - kReach && y < h - kReach && !mask.hides(x, y, w, h)) {
    const float* p = reinterpret_cast<const float*>(bytes + scratch.products) + y * w + x - kReach;
    const float a = across(p), b = across(p + area), c = across(p + 2 * area);
    const float d = a - c, b2 = b + b;
    strength = (0.5f / (kBox * kBox)) * ((a + c) - sqrtf(d * d + b2 * b2));
  }
  reinterpret_cast<float*>(bytes + scratch.strength)[y * w + x] = strength;
}

}  // namespace

void findCorners(const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, const CornerOptions& options,
                 const CornerMask& mask, CudaStream stream) {
  if (options.count < 1 || options.count > 4000 || options.count > frame.cornerCapacity) {
    throw std::invalid_argument("findCorners: 1 to 4000 corners, and at most as many as the frame has room for");
  }
  const int w = frame.level[0].width, h = frame.level[0].height;
  const dim3 block(32, 8), grid((w + 31) / 32, (h + 7) / 8, batch.count);
  gradientProducts<<<grid, block, 0, stream>>>(batch, frame, scratch);
  cudaCheckLaunch("shi-tomasi: gradients");
  if (h >= kBox) {
    columnSums<<<dim3((w + 31) / 32, 3, batch.count), 32, 0, stream>>>(batch, frame, scratch.products);
    cudaCheckLaunch("shi-tomasi: sums");
  }
  eigenStrength<<<grid, block, 0, stream>>>(batch, frame, scratch, mask);
  cudaCheckLaunch("shi-tomasi: strength");
  launchSelection(batch, frame, scratch, options, stream);
}

}  // namespace gimbal
