#include <device/cuda-check.hpp>

#include "../block-reduce/block-reduce.cuh"
#include "cuda.hpp"

namespace gimbal {
namespace {

using device::kBlock;

constexpr int kSide = 16;      // of a block of the difference
constexpr int kLanes = 8;      // running sums of a correlation
constexpr int kShifts = kBlock / kLanes;

/// Sixteen threads a block of the picture, each down one column.
__global__ void __launch_bounds__(kBlock) blockDifferences(PairBatch batch, FrameLayout layout, PairLayout pairs) {
  const LevelLayout level = layout.level[pairs.differenceLevel];
  const int block = blockIdx.x * (kBlock / kSide) + threadIdx.x / kSide, k = threadIdx.x % kSide;
  const bool there = block < pairs.blockCols * pairs.blockRows;
  const int x0 = there ? block % pairs.blockCols * kSide : 0, y0 = there ? block / pairs.blockCols * kSide : 0;
  const int cols = min(kSide, level.width - x0), rows = min(kSide, level.height - y0);
  float lane = 0;
  if (there && k < cols) {
    const int first = level.first + y0 * level.pitch + x0 + k;
    const float* a = reinterpret_cast<const float*>(batch.at[blockIdx.y].previous) + first;
    const float* b = reinterpret_cast<const float*>(batch.at[blockIdx.y].current) + first;
    for (int y = 0; y < rows; y++) lane += fabsf(a[y * level.pitch] - b[y * level.pitch]);
  }
  double sum = 0;
#pragma unroll
  for (int i = 0; i < kSide; i++) sum += __shfl_sync(0xffffffffu, lane, i, kSide);
  if (!there || k != 0) return;
  double* out = reinterpret_cast<double*>(batch.at[blockIdx.y].pair + pairs.differences) + 2 * block;
  out[0] = sum / (static_cast<double>(rows) * cols);
  out[1] = sum;
}

/// One block a pair: mean, median and largest of the blocks' differences.
__global__ void __launch_bounds__(kBlock) summarizeDifferences(PairBatch batch, PairLayout pairs) {
  __shared__ device::BlockMemory memory;
  unsigned char* pair = batch.at[blockIdx.x].pair;
  const double* blocks = reinterpret_cast<const double*>(pair + pairs.differences);
  const int count = pairs.blockCols * pairs.blockRows;
  double total[1] = {};
  float largest = 0;
  for (int i = threadIdx.x; i < count; i += kBlock) {
    total[0] += blocks[2 * i + 1];
    largest = fmaxf(largest, static_cast<float>(blocks[2 * i]));
  }
#pragma unroll
  for (int step = 16; step > 0; step /= 2) largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, step));
  if (threadIdx.x % 32 == 0) memory.warp[threadIdx.x / 32] = __float_as_int(largest);
  __syncthreads();
  for (int w = 0; w < device::kWarps; w++) largest = fmaxf(largest, __int_as_float(memory.warp[w]));
  device::blockSumsOfFew(total, memory);
  int among = 0;
  const auto keyOf = [&](int i) { return device::orderedBits(static_cast<float>(blocks[2 * i])); };
  const unsigned median = device::blockMedian<32>(count, among, memory, keyOf);
  if (threadIdx.x != 0) return;
  double* difference = reinterpret_cast<PairState*>(pair + pairs.state)->difference;
  difference[0] = total[0] / pairs.differenceArea;
  difference[1] = device::fromOrderedBits(median);
  difference[2] = largest;
}

/// Compressed gradients, x and y interleaved; 0 on the rim. blockIdx.y is the frame.
__global__ void thumbnailGradients(PairBatch batch, FrameLayout layout, PairLayout pairs) {
  unsigned char* pair = batch.at[blockIdx.x].pair;
  if (!reinterpret_cast<const PairState*>(pair + pairs.state)->doubtful) return;
  const LevelLayout level = layout.level[pairs.thumbnail];
  const unsigned char* frame = blockIdx.y == 0 ? batch.at[blockIdx.x].previous : batch.at[blockIdx.x].current;
  const float* p = reinterpret_cast<const float*>(frame) + level.first;
  float* out = reinterpret_cast<float*>(pair + pairs.gradients[blockIdx.y]);
  for (int i = threadIdx.x; i < level.width * level.height; i += blockDim.x) {
    const int x = i % level.width, y = i / level.width;
    float gx = 0, gy = 0;
    if (x > 0 && y > 0 && x < level.width - 1 && y < level.height - 1) {
      const float* here = p + y * level.pitch + x;
      gx = here[1] - here[-1];
      gy = here[level.pitch] - here[-level.pitch];
      const float scale = 1 / sqrtf(sqrtf(gx * gx + gy * gy) + 2);
      gx *= scale;
      gy *= scale;
    }
    out[2 * i] = gx;
    out[2 * i + 1] = gy;
  }
}

struct Sums {
  double n = 0, aa = 0, bb = 0, ab = 0;
};

/// Columns [from, to) of a against b shifted; eight threads share the work in the order of the CPU's eight sums.
__device__ void addOverlap(const float* a, const float* b, int w, int h, int sx, int sy, int from, int to, Sums& sums) {
  const int x0 = max(from, -sx), x1 = min(to, w - sx), y0 = max(0, -sy), y1 = min(h, h - sy);
  const int k = threadIdx.x % kLanes, count = 2 * (x1 - x0);
  const bool some = x1 > x0 && y1 > y0;
  float aa = 0, bb = 0, ab = 0;
  for (int y = some ? y0 : y1; y < y1; y++) {
    const float* r = a + 2 * (y * w + x0);
    const float* s = b + 2 * ((y + sy) * w + x0 + sx);
    int i = 0;
    for (; i + kLanes <= count; i += kLanes) {
      aa += r[i + k] * r[i + k];
      bb += s[i + k] * s[i + k];
      ab += r[i + k] * s[i + k];
    }
    for (; k == 0 && i < count; i++) {
      aa += r[i] * r[i];
      bb += s[i] * s[i];
      ab += r[i] * s[i];
    }
  }
  __syncwarp();
#pragma unroll
  for (int i = 0; i < kLanes; i++) {
    sums.aa += __shfl_sync(0xffffffffu, aa, i, kLanes);
    sums.bb += __shfl_sync(0xffffffffu, bb, i, kLanes);
    sums.ab += __shfl_sync(0xffffffffu, ab, i, kLanes);
  }
  if (some) sums.n += static_cast<double>(x1 - x0) * (y1 - y0);
}

/// Columns of the thumbnail that a region looks at from either side: all of them, or a quarter.
__device__ int reachOf(int region, int w) { return region == 0 ? w / 4 : w; }

/// Eight threads a shift; blockIdx.y is the region: 0 the sides, 1 the whole.
__global__ void __launch_bounds__(kBlock) correlateShifts(PairBatch batch, FrameLayout layout, PairLayout pairs) {
  unsigned char* pair = batch.at[blockIdx.z].pair;
  if (!reinterpret_cast<const PairState*>(pair + pairs.state)->doubtful) return;
  const int w = layout.level[pairs.thumbnail].width, h = layout.level[pairs.thumbnail].height;
  const int across = w / 2 * 2 + 1, shifts = across * (h / 2 * 2 + 1);
  const int shift = blockIdx.x * kShifts + threadIdx.x / kLanes, known = min(shift, shifts - 1);
  const int sx = known % across - w / 2, sy = known / across - h / 2, quarter = reachOf(blockIdx.y, w);
  const float* a = reinterpret_cast<const float*>(pair + pairs.gradients[0]);
  const float* b = reinterpret_cast<const float*>(pair + pairs.gradients[1]);
  const double all = static_cast<double>(min(w, 2 * quarter)) * h;
  Sums sums;
  addOverlap(a, b, w, h, sx, sy, 0, quarter, sums);
  if (quarter < w) addOverlap(a, b, w, h, sx, sy, w - quarter, w, sums);
  const bool enough = !(sums.n < all / 4);
  const double score = enough ? sums.ab / sqrt(sums.aa * sums.bb + 1e-9) - 0.2 * (1 - sums.n / all) : -3;
  if (shift < shifts && threadIdx.x % kLanes == 0) reinterpret_cast<double*>(pair + pairs.scores)[blockIdx.y * shifts + shift] = score;
}

/// One block a pair: the first of the best shifts of each region.
__global__ void __launch_bounds__(kBlock) chooseShifts(PairBatch batch, FrameLayout layout, PairLayout pairs) {
  __shared__ double scores[kBlock];
  __shared__ int places[kBlock];
  unsigned char* pair = batch.at[blockIdx.x].pair;
  PairState& state = *reinterpret_cast<PairState*>(pair + pairs.state);
  if (!state.doubtful) return;
  const int w = layout.level[pairs.thumbnail].width, h = layout.level[pairs.thumbnail].height;
  const int across = w / 2 * 2 + 1, shifts = across * (h / 2 * 2 + 1);
  for (int region = 0; region < 2; region++) {
    const double* all = reinterpret_cast<const double*>(pair + pairs.scores) + region * shifts;
    double best = -2;
    int place = -1;
    for (int i = threadIdx.x; i < shifts; i += kBlock) {
      if (all[i] > best) {
        best = all[i];
        place = i;
      }
    }
    __syncthreads();
    scores[threadIdx.x] = best;
    places[threadIdx.x] = place;
    __syncthreads();
    for (int half = kBlock / 2; half > 0; half /= 2) {
      if (threadIdx.x < half) {
        const int other = threadIdx.x + half;
        const bool first = places[other] >= 0 && (places[threadIdx.x] < 0 || places[other] < places[threadIdx.x]);
        if (scores[other] > scores[threadIdx.x] || (scores[other] == scores[threadIdx.x] && first)) {
          scores[threadIdx.x] = scores[other];
          places[threadIdx.x] = places[other];
        }
      }
      __syncthreads();
    }
    if (threadIdx.x == 0) {
      const bool found = places[0] >= 0;
      const double x = found ? (places[0] % across - w / 2) * static_cast<double>(1 << pairs.thumbnail) : 0;
      const double y = found ? (places[0] / across - h / 2) * static_cast<double>(1 << pairs.thumbnail) : 0;
      const double correlation = found ? scores[0] : 0;
      if (region == 1) {
        state.likeness = correlation;
        state.finest = pairs.coarse;
      }
      if ((x != 0 || y != 0) && correlation > 0.3) {
        const double shift[9] = {1, 0, x, 0, 1, y, 0, 0, 1};
        for (int i = 0; i < 9; i++) state.guesses[state.guessCount][i] = shift[i];
        state.guessCount++;
      }
    }
  }
}

}  // namespace

void differencesInPlace(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, CudaStream stream) {
  const int blocks = pair.blockCols * pair.blockRows, each = kBlock / kSide;
  blockDifferences<<<dim3((blocks + each - 1) / each, batch.count), kBlock, 0, stream>>>(batch, frame, pair);
  cudaCheckLaunch("scene: difference in place");
  summarizeDifferences<<<batch.count, kBlock, 0, stream>>>(batch, pair);
  cudaCheckLaunch("scene: summary of the difference");
}

void guessFromThumbnails(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, CudaStream stream) {
  const LevelLayout& level = frame.level[pair.thumbnail];
  const int shifts = (level.width / 2 * 2 + 1) * (level.height / 2 * 2 + 1);
  thumbnailGradients<<<dim3(batch.count, 2), kBlock, 0, stream>>>(batch, frame, pair);
  cudaCheckLaunch("scene: thumbnails");
  correlateShifts<<<dim3((shifts + kShifts - 1) / kShifts, 2, batch.count), kBlock, 0, stream>>>(batch, frame, pair);
  cudaCheckLaunch("scene: correlation");
  chooseShifts<<<batch.count, kBlock, 0, stream>>>(batch, frame, pair);
  cudaCheckLaunch("scene: best shift");
}

}  // namespace gimbal
