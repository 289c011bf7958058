#include "select.cuh"

#include <algorithm>
#include <cmath>
#include <device/cuda-check.hpp>

// selectCorners takes candidates one after the other; here everyone decides as soon as those before it that matter to it have, which
// ends in the same choice.
namespace gimbal {
namespace {

constexpr int kQuota = 4;
constexpr int kChoosers = 1024;
constexpr int kShared = 16384;  // candidates whose state fits in shared memory
constexpr int kRanked = 16;  // candidates of one block of rankCandidates, each counted against by as many threads

enum State : unsigned char { undecided, accepted, rejected, deferred, chosen };

struct Counts {
  int found, kept;
  int best;  // bits of a float that is not negative: ordered as the floats are
};

template <class T>
__device__ T* at(unsigned char* bytes, std::size_t offset) {
  return reinterpret_cast<T*>(bytes + offset);
}

__global__ void tileMaxima(PrepareBatch batch, FrameLayout layout, PrepareLayout scratch, CornerOptions options, CornerGrid grid) {
  const int tile = blockIdx.x * blockDim.x + threadIdx.x;
  if (tile >= scratch.tileCols * scratch.tileRows) return;
  unsigned char* bytes = batch.at[blockIdx.y].scratch;
  const float* strength = at<const float>(bytes, scratch.strength);
  const int w = layout.level[0].width, h = layout.level[0].height, step = max(options.spacing, 3);
  const int x0 = options.margin + tile % scratch.tileCols * step, y0 = options.margin + tile / scratch.tileCols * step;
  const int x1 = min(x0 + step, w - options.margin), y1 = min(y0 + step, h - options.margin);
  float best = 0;
  int bx = x0, by = y0;
  for (int y = y0; y < y1; y++) {
    for (int x = x0; x < x1; x++) {
      const float s = strength[y * w + x];
      if (s > best) {
        best = s;
        bx = x;
        by = y;
      }
    }
  }
  at<int>(bytes, scratch.tiles)[tile] = -1;
  if (!(best > options.floor)) return;
  Counts* counts = at<Counts>(bytes, scratch.counts);
  atomicMax(&counts->best, __float_as_int(best));
  for (int y = max(by - 1, 0); y <= min(by + 1, h - 1); y++) {
    for (int x = max(bx - 1, 0); x <= min(bx + 1, w - 1); x++) {
      if (strength[y * w + x] > best) return;
    }
  }
  // Where in the list it stands differs from run to run; the orders made of the list do not.
  at<Candidate>(bytes, scratch.found)[atomicAdd(&counts->found, 1)] = {
      bx, by, best, (by * grid.rows / h) * grid.cols + bx * grid.cols / w, tile, 0};
}

/// Ahead in the choice by strength alone.
__device__ bool stronger(const Candidate& a, const Candidate& b) {
  return a.strength != b.strength ? a.strength > b.strength : a.tile < b.tile;
}

/// A candidate's place in either order is the number of those ahead of it.
__global__ void rankCandidates(PrepareBatch batch, PrepareLayout scratch, CornerOptions options) {
  __shared__ int byCell[kRanked], byStrength[kRanked];
  unsigned char* bytes = batch.at[blockIdx.y].scratch;
  Counts* counts = at<Counts>(bytes, scratch.counts);
  const int found = counts->found;
  if (static_cast<int>(blockIdx.x) * kRanked >= found) return;
  const float weakest = fmaxf(options.floor, options.globalQuality * __int_as_float(counts->best));
  const Candidate* list = at<const Candidate>(bytes, scratch.found);
  const int slot = threadIdx.x / kRanked, i = blockIdx.x * kRanked + slot;
  const bool mine = i < found && list[i].strength >= weakest;
  if (threadIdx.x < kRanked) byCell[threadIdx.x] = byStrength[threadIdx.x] = 0;
  __syncthreads();
  Candidate me{};
  if (mine) {
    me = list[i];
    int cell = 0, strength = 0;
    for (int j = threadIdx.x % kRanked; j < found; j += kRanked) {
      const Candidate other = list[j];
      if (!(other.strength >= weakest) || !stronger(other, me)) {
        cell += other.strength >= weakest && other.cell < me.cell;
        continue;
      }
      strength++;
      cell += other.cell <= me.cell;
    }
    atomicAdd(&byCell[slot], cell);
    atomicAdd(&byStrength[slot], strength);
  }
  __syncthreads();
  if (!mine || threadIdx.x % kRanked != 0) return;
  const int place = byCell[slot];
  me.place = byStrength[slot];
  at<Candidate>(bytes, scratch.sorted)[place] = me;
  at<int>(bytes, scratch.strongest)[me.place] = place;
  at<int>(bytes, scratch.tiles)[me.tile] = place;
  atomicAdd(&counts->kept, 1);
}

/// The candidates too near to each: only the eight tiles around its own can hold one.
__global__ void nearCandidates(PrepareBatch batch, PrepareLayout scratch, CornerOptions options) {
  unsigned char* bytes = batch.at[blockIdx.y].scratch;
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= at<Counts>(bytes, scratch.counts)->kept) return;
  const Candidate* sorted = at<const Candidate>(bytes, scratch.sorted);
  const int* tiles = at<const int>(bytes, scratch.tiles);
  int* near = at<int>(bytes, scratch.neighbours) + 8 * i;
  const Candidate me = sorted[i];
  const int tx = me.tile % scratch.tileCols, ty = me.tile / scratch.tileCols;
  for (int k = 0, n = 0; k < 9; k++) {
    if (k == 4) continue;
    const int x = tx + k % 3 - 1, y = ty + k / 3 - 1;
    int place = -1;
    if (x >= 0 && y >= 0 && x < scratch.tileCols && y < scratch.tileRows) place = tiles[y * scratch.tileCols + x];
    if (place >= 0 && (abs(sorted[place].x - me.x) >= options.spacing || abs(sorted[place].y - me.y) >= options.spacing)) place = -1;
    near[n++] = place;
  }
}

/// Sum over the threads before this one; `total` gets the sum of all.
__device__ int before(bool value, int& total, int* warps) {
  const unsigned votes = __ballot_sync(0xffffffffu, value);
  const int lane = threadIdx.x % 32;
  __syncthreads();
  if (lane == 0) warps[threadIdx.x / 32] = __popc(votes);
  __syncthreads();
  int sum = 0;
  total = 0;
  for (int k = 0; k < kChoosers / 32; k++) {
    if (k < static_cast<int>(threadIdx.x) / 32) sum += warps[k];
    total += warps[k];
  }
  return sum + __popc(votes & ((1u << lane) - 1));
}

/// Appends the corners with this state, in an order, until there are `most`.
template <class PlaceAt>
__device__ void append(const PlaceAt& placeAt, int kept, const volatile unsigned char* state, State wanted, const Candidate* sorted,
                       int& count, int most, Corner* corners, int* warps) {
  for (int first = 0; first < kept && count < most; first += kChoosers) {
    const int i = first + threadIdx.x;
    const int place = i < kept ? placeAt(i) : -1;
    const bool taken = place >= 0 && state[place] == wanted;
    int total = 0;
    const int slot = count + before(taken, total, warps);
    if (taken && slot < most) corners[slot] = {sorted[place].x, sorted[place].y, sorted[place].strength};
    count = min(most, count + total);
  }
}

/// One block a frame. First each cell, by one thread, fills its quota; then the strongest of those that found their cell full compete.
/// Whatever reads states is kept apart by a barrier from whatever writes them.
__global__ void __launch_bounds__(kChoosers) chooseCorners(PrepareBatch batch, FrameLayout layout, PrepareLayout scratch,
                                                          CornerOptions options, int cells) {
  __shared__ int warps[kChoosers / 32];
  __shared__ int start[kChoosers + 1];
  __shared__ unsigned char nearby[kShared];
  unsigned char* bytes = batch.at[blockIdx.x].scratch;
  const int kept = at<const Counts>(bytes, scratch.counts)->kept, cell = threadIdx.x;
  const Candidate* sorted = at<const Candidate>(bytes, scratch.sorted);
  const int* neighbours = at<const int>(bytes, scratch.neighbours);
  const int* strongest = at<const int>(bytes, scratch.strongest);
  volatile unsigned char* state = kept <= kShared ? nearby : at<unsigned char>(bytes, scratch.state);
  for (int i = threadIdx.x; i < kept; i += kChoosers) state[i] = undecided;
  // A cell's candidates start at the first whose cell is not before it.
  for (int c = threadIdx.x; c <= cells; c += kChoosers) {
    int low = 0, high = kept;
    while (low < high) {
      const int middle = (low + high) / 2;
      if (sorted[middle].cell < c) low = middle + 1;
      else high = middle;
    }
    start[c] = low;
  }
  __syncthreads();
  int next = cell < cells ? start[cell] : 0, taken = 0;
  const int end = cell < cells ? start[cell + 1] : 0;
  const float good = next < end ? options.cellQuality * sorted[next].strength : 0;
  while (__syncthreads_or(next < end)) {
    const int from = next;
    unsigned won = 0;  // of the candidates decided in this round, the first in the lowest bit
    bool over = false;
    while (next < end && next - from < 32) {
      over = taken >= kQuota || !(sorted[next].strength >= good);
      if (over) break;
      bool wait = false, lost = false;
      for (int k = 0; k < 8; k++) {
        const int other = neighbours[8 * next + k];
        if (other < 0 || other > next) continue;
        if (other >= from) {
          lost = lost || (won >> (other - from) & 1u);
          continue;
        }
        const unsigned char s = state[other];
        lost = lost || s == accepted;
        wait = wait || s == undecided;
      }
      if (wait && !lost) break;
      if (!lost) {
        won |= 1u << (next - from);
        taken++;
      }
      next++;
    }
    __syncthreads();
    for (int i = from; i < next; i++) state[i] = won >> (i - from) & 1u ? accepted : rejected;
    for (; over && next < end; next++) state[next] = sorted[next].strength >= good ? deferred : rejected;
  }
  bool open = true;
  while (__syncthreads_or(open)) {
    open = false;
    for (int first = 0; first < kept; first += kChoosers) {
      const int i = first + threadIdx.x;
      unsigned char verdict = deferred;
      if (i < kept && state[i] == deferred) {
        bool wait = false, lost = false;
        for (int k = 0; k < 8; k++) {
          const int other = neighbours[8 * i + k];
          if (other < 0) continue;
          const unsigned char s = state[other];
          lost = lost || s == accepted || s == chosen;
          wait = wait || (s == deferred && sorted[other].place < sorted[i].place);
        }
        verdict = lost ? rejected : wait ? deferred : chosen;
        open = open || verdict == deferred;
      }
      __syncthreads();
      if (verdict != deferred) state[i] = verdict;
      __syncthreads();
    }
  }
  Corner* corners = at<Corner>(batch.at[blockIdx.x].frame, layout.corners);
  int count = 0;
  append([](int i) { return i; }, kept, state, accepted, sorted, count, options.count, corners, warps);
  append([&](int i) { return strongest[i]; }, kept, state, chosen, sorted, count, options.count, corners, warps);
  if (threadIdx.x == 0) *at<int>(batch.at[blockIdx.x].frame, layout.cornerCount) = count;
}

}  // namespace

void launchSelection(const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, const CornerOptions& options,
                     CudaStream stream) {
  const int w = frame.level[0].width, h = frame.level[0].height, step = std::max(options.spacing, 3);
  const double side = std::max(std::sqrt(double(w) * h * kQuota / std::max(options.count, 1)), double(step));
  const CornerGrid grid{std::max(1, static_cast<int>(w / side)), std::max(1, static_cast<int>(h / side))};
  const int tiles = scratch.tileCols * scratch.tileRows;
  const auto blocks = [](int n, int size) { return static_cast<unsigned>((n + size - 1) / size); };
  if (tiles > 0) {
    tileMaxima<<<dim3(blocks(tiles, 64), batch.count), 64, 0, stream>>>(batch, frame, scratch, options, grid);
    cudaCheckLaunch("shi-tomasi: tiles");
    rankCandidates<<<dim3(blocks(tiles, kRanked), batch.count), kRanked * kRanked, 0, stream>>>(batch, scratch, options);
    cudaCheckLaunch("shi-tomasi: order");
    nearCandidates<<<dim3(blocks(tiles, 128), batch.count), 128, 0, stream>>>(batch, scratch, options);
    cudaCheckLaunch("shi-tomasi: neighbours");
  }
  chooseCorners<<<batch.count, kChoosers, 0, stream>>>(batch, frame, scratch, options, grid.cols * grid.rows);
  cudaCheckLaunch("shi-tomasi: choice");
}

}  // namespace gimbal
