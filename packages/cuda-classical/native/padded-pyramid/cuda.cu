#include <algorithm>
#include <cstdint>
#include <device/cuda-check.hpp>

#include "../model-selection/weighted-matches.hpp"
#include "cuda.hpp"

namespace gimbal {
namespace {

constexpr int kFinishers = 1024;
constexpr int kSmall = 8192;  // samples of the levels that one block builds

/// Nearest sample inside; what padding repeats.
__device__ int inside(int i, int n) { return min(max(i, 0), n - 1); }

/// ... 2 1 | 0 1 2 ... n-1 | n-2 n-3 ...
__device__ int mirrored(int i, int n) {
  if (n == 1) return 0;
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
  return i;
}

/// [1 2 1]/4 along both axes, padding included.
__global__ void blurAndPad(PrepareBatch batch, FrameLayout layout) {
  const LevelLayout level = layout.level[0];
  const int px = blockIdx.x * blockDim.x + threadIdx.x - kPadding, py = blockIdx.y * blockDim.y + threadIdx.y - kPadding;
  if (px >= level.width + kPadding || py >= level.height + kPadding) return;
  const float* src = batch.at[blockIdx.z].resized;
  const int w = level.width, x = inside(px, w), y = inside(py, level.height);
  const float* a = src + inside(y - 1, level.height) * w;
  const float* m = src + y * w;
  const float* b = src + inside(y + 1, level.height) * w;
  const auto mid = [&](int i) { return (a[i] + b[i]) + (m[i] + m[i]); };
  const float here = mid(x);
  const float value = ((mid(inside(x - 1, w)) + mid(inside(x + 1, w))) + (here + here)) * (1.0f / 16);
  reinterpret_cast<float*>(batch.at[blockIdx.z].frame)[level.first + py * level.pitch + px] = value;
}

/// One sample of the next level: see pyramidDown. `src` is at (0, 0) of a level of this size.
__device__ float below(const float* src, int pitch, int width, int height, int x, int y) {
  const float* a = src + mirrored(2 * y - 2, height) * pitch;
  const float* b = src + mirrored(2 * y - 1, height) * pitch;
  const float* c = src + 2 * y * pitch;
  const float* d = src + mirrored(2 * y + 1, height) * pitch;
  const float* e = src + mirrored(2 * y + 2, height) * pitch;
  float line[5];
#pragma unroll
  for (int k = 0; k < 5; k++) {
    const int i = mirrored(2 * x + k - 2, width);
    line[k] = (a[i] + e[i]) + 4.0f * (b[i] + d[i]) + 6.0f * c[i];
  }
  return ((line[0] + line[4]) + 4.0f * (line[1] + line[3]) + 6.0f * line[2]) * (1.0f / 256.0f);
}

__global__ void downAndPad(PrepareBatch batch, FrameLayout layout, int l) {
  const LevelLayout from = layout.level[l - 1], to = layout.level[l];
  const int px = blockIdx.x * blockDim.x + threadIdx.x - kPadding, py = blockIdx.y * blockDim.y + threadIdx.y - kPadding;
  if (px >= to.width + kPadding || py >= to.height + kPadding) return;
  float* frame = reinterpret_cast<float*>(batch.at[blockIdx.z].frame);
  frame[to.first + py * to.pitch + px] =
      below(frame + from.first, from.pitch, from.width, from.height, inside(px, to.width), inside(py, to.height));
}

/// Mean and deviation of a plane, by one block.
__device__ void statisticsOf(const float* plane, int pitch, int width, int height, double* out) {
  __shared__ double partial[kFinishers / 32][2];
  double sum = 0, squares = 0;
  for (int i = threadIdx.x; i < width * height; i += kFinishers) {
    const double v = plane[i / width * pitch + i % width];
    sum += v;
    squares += v * v;
  }
#pragma unroll
  for (int step = 16; step > 0; step /= 2) {
    sum += __shfl_xor_sync(0xffffffffu, sum, step);
    squares += __shfl_xor_sync(0xffffffffu, squares, step);
  }
  if (threadIdx.x % 32 == 0) {
    partial[threadIdx.x / 32][0] = sum;
    partial[threadIdx.x / 32][1] = squares;
  }
  __syncthreads();
  if (threadIdx.x != 0) return;
  sum = squares = 0;
  for (int w = 0; w < kFinishers / 32; w++) {
    sum += partial[w][0];
    squares += partial[w][1];
  }
  const double n = static_cast<double>(width) * height, mean = sum / n;
  out[0] = mean;
  out[1] = sqrt(fmax(0.0, squares / n - mean * mean));
}

/// One block a frame builds the small levels from `first` on in shared memory, one after the other, and sets the trust to unknown;
/// mean and deviation of level 2 are taken by it, or by a second one beside it when that level is there already.
__global__ void __launch_bounds__(kFinishers) finishPyramid(PrepareBatch batch, FrameLayout layout, int first) {
  __shared__ float small[kSmall];
  unsigned char* bytes = batch.at[blockIdx.x].frame;
  float* frame = reinterpret_cast<float*>(bytes);
  double* statistics = reinterpret_cast<double*>(bytes + layout.statistics);
  const int measured = min(2, layout.levels - 1);
  if (blockIdx.y == 1) {
    const LevelLayout level = layout.level[measured];
    statisticsOf(frame + level.first, level.pitch, level.width, level.height, statistics);
    return;
  }
  if (threadIdx.x < kCells) reinterpret_cast<float*>(bytes + layout.trust)[threadIdx.x] = 1;
  float* here = small;
  for (int l = first; l < layout.levels; l++) {
    const LevelLayout from = layout.level[l - 1], to = layout.level[l];
    const float* above = l == first ? frame + from.first : here - from.width * from.height;
    const int pitch = l == first ? from.pitch : from.width, area = to.width * to.height;
    for (int i = threadIdx.x; i < area; i += kFinishers) here[i] = below(above, pitch, from.width, from.height, i % to.width, i / to.width);
    __syncthreads();
    const int paddedWidth = to.width + 2 * kPadding, paddedArea = paddedWidth * (to.height + 2 * kPadding);
    for (int i = threadIdx.x; i < paddedArea; i += kFinishers) {
      const int px = i % paddedWidth - kPadding, py = i / paddedWidth - kPadding;
      frame[to.first + py * to.pitch + px] = here[inside(py, to.height) * to.width + inside(px, to.width)];
    }
    if (l == measured) statisticsOf(here, to.width, to.width, to.height, statistics);
    here += area;
  }
}

/// The level from which on one block builds them: all fit into shared memory together, and none of them is wanted early.
int firstSmall(const FrameLayout& frame, int early) {
  const auto areaFrom = [&](int l) {
    std::int64_t area = 0;
    for (; l < frame.levels; l++) area += static_cast<std::int64_t>(frame.level[l].width) * frame.level[l].height;
    return area;
  };
  int first = std::min(std::max(early, 1), frame.levels);
  while (areaFrom(first) > kSmall) first++;
  return first;
}

dim3 paddedGrid(const LevelLayout& level, dim3 block, int count) {
  return dim3((level.width + 2 * kPadding + block.x - 1) / block.x, (level.height + 2 * kPadding + block.y - 1) / block.y, count);
}

}  // namespace

void buildPyramids(const PrepareBatch& batch, const FrameLayout& frame, int early, CudaStream stream) {
  const dim3 block(32, 8);
  blurAndPad<<<paddedGrid(frame.level[0], block, batch.count), block, 0, stream>>>(batch, frame);
  cudaCheckLaunch("padded-pyramid: blur");
  const int first = firstSmall(frame, early);
  for (int l = 1; l < first; l++) {
    downAndPad<<<paddedGrid(frame.level[l], block, batch.count), block, 0, stream>>>(batch, frame, l);
    cudaCheckLaunch("padded-pyramid: next level");
  }
}

void finishPyramids(const PrepareBatch& batch, const FrameLayout& frame, int early, CudaStream stream) {
  const int first = firstSmall(frame, early);
  const bool beside = std::min(2, frame.levels - 1) < first;
  finishPyramid<<<dim3(batch.count, beside ? 2 : 1), kFinishers, 0, stream>>>(batch, frame, first);
  cudaCheckLaunch("padded-pyramid: small levels");
}

}  // namespace gimbal
