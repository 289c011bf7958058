#include <algorithm>
#include <device/cudaCheck.hpp>

#include "../block/block.cuh"
#include "../ladder/evidence.hpp"
#include "cuda.hpp"

namespace gimbal {
namespace {

using device::kBlock;

/// Nearest sample inside; what padding repeats.
__device__ int inside(int i, int n) { return min(max(i, 0), n - 1); }

/// ... 2 1 | 0 1 2 ... n-1 | n-2 n-3 ...
__device__ int mirrored(int i, int n) {
  if (n == 1) return 0;
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
  return i;
}

/// [1 2 1]/4 along both axes, padding included.
__global__ void blurAndPad(PrepareBatch batch, FrameLayout layout, std::size_t resized) {
  const LevelLayout level = layout.level[0];
  const int px = blockIdx.x * blockDim.x + threadIdx.x - kPadding, py = blockIdx.y * blockDim.y + threadIdx.y - kPadding;
  if (px >= level.width + kPadding || py >= level.height + kPadding) return;
  const float* src = reinterpret_cast<const float*>(batch.scratch[blockIdx.z] + resized);
  const int w = level.width, x = inside(px, w), y = inside(py, level.height);
  const float* a = src + inside(y - 1, level.height) * w;
  const float* m = src + y * w;
  const float* b = src + inside(y + 1, level.height) * w;
  const auto mid = [&](int i) { return (a[i] + b[i]) + (m[i] + m[i]); };
  const float here = mid(x);
  const float value = ((mid(inside(x - 1, w)) + mid(inside(x + 1, w))) + (here + here)) * (1.0f / 16);
  reinterpret_cast<float*>(batch.frame[blockIdx.z])[level.first + py * level.pitch + px] = value;
}

/// One sample of the next level: see pyramidDown.
__device__ float below(const float* src, const LevelLayout& from, int x, int y) {
  const float* a = src + mirrored(2 * y - 2, from.height) * from.pitch;
  const float* b = src + mirrored(2 * y - 1, from.height) * from.pitch;
  const float* c = src + 2 * y * from.pitch;
  const float* d = src + mirrored(2 * y + 1, from.height) * from.pitch;
  const float* e = src + mirrored(2 * y + 2, from.height) * from.pitch;
  float line[5];
#pragma unroll
  for (int k = 0; k < 5; k++) {
    const int i = mirrored(2 * x + k - 2, from.width);
    line[k] = (a[i] + e[i]) + 4.0f * (b[i] + d[i]) + 6.0f * c[i];
  }
  return ((line[0] + line[4]) + 4.0f * (line[1] + line[3]) + 6.0f * line[2]) * (1.0f / 256.0f);
}

__global__ void downAndPad(PrepareBatch batch, FrameLayout layout, int l) {
  const LevelLayout from = layout.level[l - 1], to = layout.level[l];
  const int px = blockIdx.x * blockDim.x + threadIdx.x - kPadding, py = blockIdx.y * blockDim.y + threadIdx.y - kPadding;
  if (px >= to.width + kPadding || py >= to.height + kPadding) return;
  float* frame = reinterpret_cast<float*>(batch.frame[blockIdx.z]);
  frame[to.first + py * to.pitch + px] = below(frame + from.first, from, inside(px, to.width), inside(py, to.height));
}

/// The small levels from `first` on, one after the other in one block; mean and deviation of level 2; trust.
__global__ void __launch_bounds__(kBlock) finishPyramid(PrepareBatch batch, FrameLayout layout, int first) {
  __shared__ device::BlockMemory memory;
  unsigned char* bytes = batch.frame[blockIdx.x];
  float* frame = reinterpret_cast<float*>(bytes);
  for (int l = first; l < layout.levels; l++) {
    const LevelLayout from = layout.level[l - 1], to = layout.level[l];
    const int paddedWidth = to.width + 2 * kPadding, area = paddedWidth * (to.height + 2 * kPadding);
    for (int i = threadIdx.x; i < area; i += kBlock) {
      const int px = i % paddedWidth - kPadding, py = i / paddedWidth - kPadding;
      frame[to.first + py * to.pitch + px] = below(frame + from.first, from, inside(px, to.width), inside(py, to.height));
    }
    __syncthreads();
  }
  const LevelLayout level = layout.level[min(2, layout.levels - 1)];
  double sums[32] = {};
  for (int i = threadIdx.x; i < level.width * level.height; i += kBlock) {
    const double v = frame[level.first + i / level.width * level.pitch + i % level.width];
    sums[0] += v;
    sums[1] += v * v;
  }
  device::blockSums(sums, 2, memory);
  if (threadIdx.x == 0) {
    const double n = static_cast<double>(level.width) * level.height;
    const double mean = memory.total[0] / n;
    double* statistics = reinterpret_cast<double*>(bytes + layout.statistics);
    statistics[0] = mean;
    statistics[1] = sqrt(fmax(0.0, memory.total[1] / n - mean * mean));
  }
  if (threadIdx.x < kCells) reinterpret_cast<float*>(bytes + layout.trust)[threadIdx.x] = 1;
}

dim3 paddedGrid(const LevelLayout& level, dim3 block, int count) {
  return dim3((level.width + 2 * kPadding + block.x - 1) / block.x, (level.height + 2 * kPadding + block.y - 1) / block.y, count);
}

}  // namespace

void buildPyramids(const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, CudaStream stream) {
  const dim3 block(32, 8);
  blurAndPad<<<paddedGrid(frame.level[0], block, batch.count), block, 0, stream>>>(batch, frame, scratch.resized);
  cudaCheckLaunch("padded-pyramid: blur");
  const int grids = std::min(frame.levels, 3);
  for (int l = 1; l < grids; l++) {
    downAndPad<<<paddedGrid(frame.level[l], block, batch.count), block, 0, stream>>>(batch, frame, l);
    cudaCheckLaunch("padded-pyramid: next level");
  }
  finishPyramid<<<batch.count, kBlock, 0, stream>>>(batch, frame, grids);
  cudaCheckLaunch("padded-pyramid: small levels");
}

}  // namespace gimbal
