// The auction on a device: one cooperative kernel runs a whole stage. A block goes through a row's or a column's costs; what a round decides
// is decided by maxima of words that hold a lead and an index, so that the order of the blocks does not matter.
#include <cooperative_groups.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <device/buffer.hpp>
#include <device/cuda-check.hpp>
#include <device/devices.hpp>
#include <device/stream.hpp>

#include "cost-source.hpp"
#include "cuda.hpp"
#include "driver.hpp"
#include "tie.hpp"

namespace gimbal::assignment {
namespace {

namespace cg = cooperative_groups;

constexpr int kThreads = 512;
constexpr int kWarps = kThreads / 32;
constexpr Grains kFar = std::numeric_limits<Grains>::max();
constexpr std::int32_t kNone = -1;
constexpr std::int32_t kLeft = -2;  // a place that was left in this round
/// Rounds with at most so many bids run in one block: meeting the others takes longer than the work.
constexpr int kFew = 3;
/// Rounds of one launch, so that a caller can cancel.
constexpr int kRoundsPerLaunch = 20000;

struct Counters {
  std::int64_t rounds, bids, offers;
  std::int64_t leastUnits, leastGrains, priceUnits, priceGrains, loose, cost, penalties, spread;
  int open[2];      // length of the lists of rows or columns, by round
  int turn, count, earlier;  // where the first block left off when it went on alone
  int overflow;
  int unfinished;
};

/// Everything that a kernel reads, by pointers into the device.
struct Board {
  int rows, columns, capacity, shift;
  int stride;  // of the matrix, columns
  Grains mostBid, mostOffer;
  std::int32_t base;  // less 2^31: costs are kept as differences to the least, in 32 bits without a sign
  const std::uint32_t* matrix;
  const std::int32_t* stayColumn;
  const std::int32_t* stayPenalty;
  const std::uint32_t* rowWords;
  const std::uint32_t* columnWords;
  Grains* price;
  Grains* placePrice;
  std::int32_t* placeRow;
  std::int32_t* column;
  Grains* owned;  // what a row's column costs it, in grains
  Grains* least;
  unsigned long long* highest;  // two boards of columns, or of rows: what was bid most
  std::int32_t* list;           // two lists
  std::int32_t* target;         // two lists: the column bid for, the row offered to
  Grains* amount;               // two lists: bid, price offered
  int* mark;                    // of a column: the round in which it was put on the list
  std::int32_t* left;           // of a bid in the list: the column that its row leaves
  Counters* counters;
};

struct Pick {
  Grains least = kFar, next = kFar;
  std::int32_t index = kNone;

  __device__ void offer(std::int32_t candidate, Grains value) {
    if (value > next) return;
    if (value < least || (value == least && static_cast<std::uint32_t>(candidate) < static_cast<std::uint32_t>(index))) {
      next = least;
      least = value;
      index = candidate;
    } else {
      next = value;
    }
  }
  __device__ void join(Grains otherLeast, Grains otherNext, std::int32_t other) {
    const bool better = otherLeast < least || (otherLeast == least && static_cast<std::uint32_t>(other) < static_cast<std::uint32_t>(index));
    const Grains worse = better ? least : otherLeast;
    if (better) {
      least = otherLeast;
      index = other;
      next = next < otherNext ? next : otherNext;
    }
    next = next < worse ? next : worse;
    if (!better && otherNext < next) next = otherNext;
  }
};

__device__ Pick joined(Pick mine) {
  __shared__ Grains least[kWarps], next[kWarps];
  __shared__ std::int32_t index[kWarps];
  for (int step = 16; step > 0; step /= 2) {
    mine.join(__shfl_down_sync(~0u, mine.least, step), __shfl_down_sync(~0u, mine.next, step), __shfl_down_sync(~0u, mine.index, step));
  }
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  __syncthreads();
  if (lane == 0) {
    least[warp] = mine.least;
    next[warp] = mine.next;
    index[warp] = mine.index;
  }
  __syncthreads();
  Pick all;
  if (warp == 0) {
    if (lane < kWarps) {
      all.least = least[lane];
      all.next = next[lane];
      all.index = index[lane];
    }
    for (int step = 16; step > 0; step /= 2) {
      all.join(__shfl_down_sync(~0u, all.least, step), __shfl_down_sync(~0u, all.next, step), __shfl_down_sync(~0u, all.index, step));
    }
    if (lane == 0) {
      least[0] = all.least;
      next[0] = all.next;
      index[0] = all.index;
    }
  }
  __syncthreads();
  all.least = least[0];
  all.next = next[0];
  all.index = index[0];
  return all;
}

__device__ Grains discount(const Board& b, int row, int column) {
  return b.stayColumn != nullptr && b.stayColumn[row] == column ? static_cast<Grains>(b.stayPenalty[row]) << b.shift : 0;
}

__device__ Grains costOf(const Board& b, int row, int column) {
  return (static_cast<Grains>(b.matrix[static_cast<std::size_t>(row) * b.stride + column]) << b.shift) +
         tie(b.rowWords[row], b.columnWords[column]) - discount(b, row, column);
}

/// The best two columns of a row at the present prices, by a whole block.
__device__ Pick bestOf(const Board& b, int row) {
  const std::uint32_t word = b.rowWords[row];
  const std::int32_t kept = b.stayColumn != nullptr ? b.stayColumn[row] : kNone;
  const std::uint32_t* costs = b.matrix + static_cast<std::size_t>(row) * b.stride;
  Pick mine;
  // Four columns a thread and step, all loads of a step under way at once. Arrays are padded to whole steps of four.
#pragma unroll 2
  for (int j = 4 * threadIdx.x; j < b.columns; j += 4 * kThreads) {
    const uint4 cost = *reinterpret_cast<const uint4*>(costs + j);
    const uint4 words = *reinterpret_cast<const uint4*>(b.columnWords + j);
    const longlong2 low = __ldcg(reinterpret_cast<const longlong2*>(b.price + j));
    const longlong2 high = __ldcg(reinterpret_cast<const longlong2*>(b.price + j + 2));
    const std::uint32_t cost4[4] = {cost.x, cost.y, cost.z, cost.w}, words4[4] = {words.x, words.y, words.z, words.w};
    const Grains prices4[4] = {low.x, low.y, high.x, high.y};
#pragma unroll
    for (int k = 0; k < 4; k++) {
      if (j + k >= b.columns) break;
      Grains value = (static_cast<Grains>(cost4[k]) << b.shift) + tie(word, words4[k]) + prices4[k];
      if (j + k == kept) value -= static_cast<Grains>(b.stayPenalty[row]) << b.shift;
      mine.offer(j + k, value);
    }
  }
  return joined(mine);
}

/// The two rows that would come to a column soonest: the least cost less what the row pays now.
__device__ Pick nearestOf(const Board& b, int column) {
  const std::uint32_t word = b.columnWords[column];
  Pick mine;
  constexpr int kTogether = 5;
  for (int first = threadIdx.x; first < b.rows; first += kTogether * kThreads) {
    std::int32_t has[kTogether], kept[kTogether];
    std::uint32_t cost[kTogether];
    Grains pays[kTogether];
#pragma unroll
    for (int k = 0; k < kTogether; k++) {
      const int i = min(first + k * kThreads, b.rows - 1);
      has[k] = __ldcg(&b.column[i]);
      pays[k] = __ldcg(&b.owned[i]);
      cost[k] = b.matrix[static_cast<std::size_t>(i) * b.stride + column];
      kept[k] = b.stayColumn != nullptr ? b.stayColumn[i] : kNone;
    }
#pragma unroll
    for (int k = 0; k < kTogether; k++) pays[k] += __ldcg(&b.price[has[k]]);
#pragma unroll
    for (int k = 0; k < kTogether; k++) {
      const int i = first + k * kThreads;
      if (i >= b.rows || has[k] == column) continue;
      Grains value = (static_cast<Grains>(cost[k]) << b.shift) + tie(b.rowWords[i], word) - pays[k];
      if (kept[k] == column) value -= static_cast<Grains>(b.stayPenalty[i]) << b.shift;
      mine.offer(i, value);
    }
  }
  return joined(mine);
}

__device__ int freePlace(const Board& b, int column) {
  for (int s = 0; s < b.capacity; s++) {
    if (b.placeRow[static_cast<std::size_t>(column) * b.capacity + s] == kNone) return s;
  }
  return kNone;
}

__device__ void lowestPrice(const Board& b, int column) {
  const std::size_t first = static_cast<std::size_t>(column) * b.capacity;
  Grains lowest = b.placePrice[first];
  for (int s = 1; s < b.capacity; s++) lowest = b.placePrice[first + s] < lowest ? b.placePrice[first + s] : lowest;
  b.price[column] = lowest;
}

__device__ void setPlace(const Board& b, int column, int place, Grains price, int row) {
  const std::size_t at = static_cast<std::size_t>(column) * b.capacity + place;
  b.placePrice[at] = price;
  b.placeRow[at] = row;
  lowestPrice(b, column);
  b.column[row] = column;
  b.owned[row] = costOf(b, row, column);
}

__device__ std::size_t placeOf(const Board& b, int row) {
  std::size_t place = static_cast<std::size_t>(b.column[row]) * b.capacity;
  while (b.placeRow[place] != row) place++;
  return place;
}

/// All blocks, or the first alone.
struct Team {
  cg::grid_group grid;
  bool alone;
  __device__ int rank() const { return alone ? 0 : static_cast<int>(blockIdx.x); }
  __device__ int size() const { return alone ? 1 : static_cast<int>(gridDim.x); }
  __device__ void meet() const {
    if (alone) {
      __threadfence();
      __syncthreads();
    } else {
      grid.sync();
    }
  }
};

/// Clears what the round before bid, whose board is used again in the next.
__device__ void clearEarlier(const Board& b, const Team& team, int board, int most, int count) {
  for (int k = team.rank() * kThreads + threadIdx.x; k < count; k += team.size() * kThreads) {
    const std::int32_t target = b.target[(1 - board) * most + k];
    if (target != kNone) b.highest[static_cast<std::size_t>(1 - board) * most + target] = 0;
  }
}

/// One round of bids; see cpu.cpp. `turn` counts rounds. Returns how many rows bid next.
__device__ int forwardRound(const Board& b, const Team& team, int turn, int count, int earlier, int most, Grains step) {
  const int board = turn & 1;
  clearEarlier(b, team, board, most, earlier);
  const std::int32_t* list = b.list + board * most;
  std::int32_t* next = b.list + (1 - board) * most;
  for (int k = team.rank(); k < count; k += team.size()) {
    const int row = __ldcg(&list[k]);
    const Pick best = bestOf(b, row);
    if (threadIdx.x == 0) {
      const Grains room = b.mostBid - step;
      const Grains gap = best.next == kFar ? 0 : best.next - best.least;
      const Grains lead = gap < room ? gap : room;
      const Grains bid = __ldcg(&b.price[best.index]) + lead + step;
      if (bid > kMostGrains) b.counters->overflow = 1;
      b.target[board * most + k] = best.index;
      b.amount[board * most + k] = bid;
      // Bids for one column differ by their leads; of equals the first row wins.
      const unsigned long long word = static_cast<unsigned long long>(lead + step) * static_cast<unsigned long long>(b.rows + 1) +
                                      static_cast<unsigned long long>(b.rows - row);
      atomicMax(&b.highest[static_cast<std::size_t>(board) * most + best.index], word);
    }
  }
  if (team.rank() == 0 && threadIdx.x == 0) b.counters->open[1 - board] = 0;
  team.meet();
  for (int k = team.rank() * kThreads + threadIdx.x; k < count; k += team.size() * kThreads) {
    const int row = __ldcg(&list[k]);
    const int j = __ldcg(&b.target[board * most + k]);
    const unsigned long long word = __ldcg(&b.highest[static_cast<std::size_t>(board) * most + j]);
    const int winner = b.rows - static_cast<int>(word % static_cast<unsigned long long>(b.rows + 1));
    if (winner != row) {
      next[atomicAdd(&b.counters->open[1 - board], 1)] = row;
      continue;
    }
    const std::size_t first = static_cast<std::size_t>(j) * b.capacity;
    int place = 0;
    for (int s = 1; s < b.capacity; s++) {
      if (b.placePrice[first + s] < b.placePrice[first + place]) place = s;
    }
    const std::int32_t out = b.placeRow[first + place];
    if (out != kNone) {
      b.column[out] = kNone;
      next[atomicAdd(&b.counters->open[1 - board], 1)] = out;
    }
    setPlace(b, j, place, b.amount[board * most + k], row);
  }
  team.meet();
  return __ldcg(&b.counters->open[1 - board]);
}

/// One round of offers; see cpu.cpp. Returns how many columns offer next.
__device__ int reverseRound(const Board& b, const Team& team, int turn, int count, int earlier, int most, Grains step) {
  const int board = turn & 1;
  clearEarlier(b, team, board, most, earlier);
  const bool single = b.capacity == 1;
  const std::int32_t* list = b.list + board * most;
  std::int32_t* next = b.list + (1 - board) * most;
  for (int k = team.rank(); k < count; k += team.size()) {
    const int j = __ldcg(&list[k]);
    const Pick near = nearestOf(b, j);
    if (threadIdx.x == 0) {
      std::int32_t target = kNone;
      if (near.index != kNone && -near.least > step) {
        target = near.index;
        const Grains second = near.next == kFar ? 0 : -near.next - step;
        const Grains price = second > 0 ? second : 0;
        const Grains saved = -near.least - price;
        const Grains gain = saved < b.mostOffer ? saved : b.mostOffer;
        b.amount[board * most + k] = price;
        const unsigned long long word = static_cast<unsigned long long>(gain) * static_cast<unsigned long long>(b.columns + 1) +
                                        static_cast<unsigned long long>(b.columns - j);
        atomicMax(&b.highest[static_cast<std::size_t>(board) * most + target], word);
      }
      b.target[board * most + k] = target;
    }
  }
  if (team.rank() == 0 && threadIdx.x == 0) b.counters->open[1 - board] = 0;
  team.meet();
  for (int k = team.rank() * kThreads + threadIdx.x; k < count; k += team.size() * kThreads) {
    const int j = __ldcg(&list[k]);
    const std::int32_t row = __ldcg(&b.target[board * most + k]);
    const std::size_t first = static_cast<std::size_t>(j) * b.capacity;
    std::int32_t left = kNone;
    if (row == kNone) {
      for (int s = 0; s < b.capacity; s++) {
        if (b.placeRow[first + s] == kNone) b.placePrice[first + s] = 0;
      }
      b.price[j] = 0;
    } else {
      const unsigned long long word = __ldcg(&b.highest[static_cast<std::size_t>(board) * most + row]);
      if (b.columns - static_cast<int>(word % static_cast<unsigned long long>(b.columns + 1)) == j) {
        left = b.column[row];
        b.placeRow[placeOf(b, row)] = single ? kNone : kLeft;
        setPlace(b, j, freePlace(b, j), b.amount[board * most + k], row);
        // With one place a column, the one that was left offers no place yet, and its price stays in this round.
        if (single && b.price[left] > 0) next[atomicAdd(&b.counters->open[1 - board], 1)] = left;
      } else if (single) {
        next[atomicAdd(&b.counters->open[1 - board], 1)] = j;
      }
    }
    b.left[k] = left;
  }
  if (single) {
    team.meet();
    return __ldcg(&b.counters->open[1 - board]);
  }
  team.meet();
  // Places that were left count as free from now on; then every column with a price and a free place is on the next list, once.
  for (int k = team.rank() * kThreads + threadIdx.x; k < count; k += team.size() * kThreads) {
    const std::int32_t left = b.left[k];
    if (left == kNone) continue;
    for (int s = 0; s < b.capacity; s++) {
      std::int32_t& holder = b.placeRow[static_cast<std::size_t>(left) * b.capacity + s];
      if (holder == kLeft) holder = kNone;
    }
  }
  team.meet();
  for (int k = team.rank() * kThreads + threadIdx.x; k < count; k += team.size() * kThreads) {
    const std::int32_t candidates[2] = {__ldcg(&list[k]), b.left[k]};
    for (const std::int32_t j : candidates) {
      if (j == kNone || __ldcg(&b.price[j]) == 0 || freePlace(b, j) == kNone) continue;
      if (atomicExch(&b.mark[j], turn + 1) != turn + 1) next[atomicAdd(&b.counters->open[1 - board], 1)] = j;
    }
  }
  team.meet();
  return __ldcg(&b.counters->open[1 - board]);
}

/// Rows that are to bid: those without a column, and those whose column is not within a step of their best, which they leave.
__global__ void __launch_bounds__(kThreads) beginForward(Board b, Grains step) {
  for (int row = blockIdx.x; row < b.rows; row += gridDim.x) {
    const Pick best = bestOf(b, row);
    if (threadIdx.x != 0) continue;
    const std::int32_t has = b.column[row];
    if (has != kNone) {
      b.owned[row] = costOf(b, row, has);
      if (b.owned[row] + b.price[has] <= best.least + step) continue;
      b.placeRow[placeOf(b, row)] = kNone;
      b.column[row] = kNone;
    }
    b.list[atomicAdd(&b.counters->open[0], 1)] = row;
  }
}

/// Columns that are to offer: those with a price and a free place.
__global__ void beginReverse(Board b) {
  const int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j < b.columns && b.price[j] > 0 && freePlace(b, j) != kNone) b.list[atomicAdd(&b.counters->open[0], 1)] = j;
}

template <bool kForward>
__global__ void __launch_bounds__(kThreads) rounds(Board b, Grains step, int most, int limit) {
  Team team{cg::this_grid(), false};
  int count = __ldcg(&b.counters->open[0]);
  int earlier = 0, turn = 0;
  std::int64_t asked = 0;
  while (count > 0 && turn < limit) {
    if (count <= kFew) {
      // The first block goes on alone; the others wait for it at the next meeting.
      if (blockIdx.x == 0) {
        const Team alone{team.grid, true};
        while (count > 0 && count <= kFew && turn < limit) {
          asked += count;
          const int after = kForward ? forwardRound(b, alone, turn, count, earlier, most, step) : reverseRound(b, alone, turn, count, earlier, most, step);
          earlier = count;
          count = after;
          turn++;
        }
        if (threadIdx.x == 0) {
          b.counters->turn = turn;
          b.counters->count = count;
          b.counters->earlier = earlier;
        }
      }
      team.grid.sync();
      turn = __ldcg(&b.counters->turn);
      count = __ldcg(&b.counters->count);
      earlier = __ldcg(&b.counters->earlier);
      team.grid.sync();
      continue;
    }
    asked += count;
    const int after = kForward ? forwardRound(b, team, turn, count, earlier, most, step) : reverseRound(b, team, turn, count, earlier, most, step);
    earlier = count;
    count = after;
    turn++;
  }
  // What the next launch finds: a clear board, and its list in the first place.
  const int board = turn & 1;
  clearEarlier(b, team, board, most, earlier);
  if (board == 1) {
    for (int k = blockIdx.x * kThreads + threadIdx.x; k < count; k += gridDim.x * kThreads) b.list[k] = __ldcg(&b.list[most + k]);
  }
  team.grid.sync();
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    b.counters->rounds += turn;
    if (kForward) {
      b.counters->bids += asked;
    } else {
      b.counters->offers += asked;
    }
    b.counters->open[0] = count;
    b.counters->open[1] = 0;
    b.counters->unfinished = count;
  }
}

__global__ void __launch_bounds__(kThreads) lookAt(Board b) {
  const Grains mask = (Grains{1} << b.shift) - 1;
  for (int row = blockIdx.x; row < b.rows; row += gridDim.x) {
    const Pick best = bestOf(b, row);
    if (threadIdx.x != 0) continue;
    b.least[row] = best.least;
    atomicAdd(reinterpret_cast<unsigned long long*>(&b.counters->leastUnits), static_cast<unsigned long long>(best.least >> b.shift));
    atomicAdd(reinterpret_cast<unsigned long long*>(&b.counters->leastGrains), static_cast<unsigned long long>(best.least & mask));
    const std::int32_t has = b.column[row];
    if (has == kNone || costOf(b, row, has) + b.price[has] > best.least) atomicAdd(reinterpret_cast<unsigned long long*>(&b.counters->loose), 1ull);
    if (has != kNone) {
      std::int64_t pays = b.matrix[static_cast<std::size_t>(row) * b.stride + has];
      if (b.stayColumn != nullptr && b.stayColumn[row] >= 0 && b.stayColumn[row] != has) {
        pays += b.stayPenalty[row];
        atomicAdd(reinterpret_cast<unsigned long long*>(&b.counters->penalties), static_cast<unsigned long long>(b.stayPenalty[row]));
      }
      atomicAdd(reinterpret_cast<unsigned long long*>(&b.counters->cost), static_cast<unsigned long long>(pays));
    }
  }
  for (int j = blockIdx.x * kThreads + threadIdx.x; j < b.columns; j += gridDim.x * kThreads) {
    const Grains price = b.price[j];
    if (price == 0) continue;
    atomicAdd(reinterpret_cast<unsigned long long*>(&b.counters->priceUnits), static_cast<unsigned long long>(price >> b.shift));
    atomicAdd(reinterpret_cast<unsigned long long*>(&b.counters->priceGrains), static_cast<unsigned long long>(price & mask));
  }
}

__global__ void sampleSpread(Board b) {
  const int rows = min(b.rows, kSamples), columns = min(b.columns, kSamples);
  const int r = blockIdx.x, c = threadIdx.x;
  if (r >= rows || c >= columns) return;
  const int i = static_cast<int>(static_cast<std::int64_t>(r) * b.rows / rows), j = static_cast<int>(static_cast<std::int64_t>(c) * b.columns / columns);
  const Grains part = (costOf(b, i, j) + b.price[j] - b.least[i]) / (rows * columns);
  atomicAdd(reinterpret_cast<unsigned long long*>(&b.counters->spread), static_cast<unsigned long long>(part));
}

__global__ void __launch_bounds__(kThreads) settleRows(Board b) {
  for (int row = 0; row < b.rows; row++) {
    if (__ldcg(&b.column[row]) != kNone) continue;
    Pick mine;
    for (int j = threadIdx.x; j < b.columns; j += kThreads) {
      if (freePlace(b, j) != kNone) mine.offer(j, b.matrix[static_cast<std::size_t>(row) * b.stride + j]);
    }
    const Pick best = joined(mine);
    if (threadIdx.x == 0) {
      const int place = freePlace(b, best.index);
      setPlace(b, best.index, place, b.placePrice[static_cast<std::size_t>(best.index) * b.capacity + place], row);
    }
    __threadfence();
    __syncthreads();
  }
}

/// Squared distances of kRowsPerBlock rows to all columns.
constexpr int kRowsPerBlock = 8;
constexpr int kMostPairs = 64;
__global__ void __launch_bounds__(256) fillDistances(const std::uint32_t* rowPoints, const std::uint32_t* columnPoints, int rows, int columns,
                                                     int stride, int pairs, std::uint32_t* matrix) {
  __shared__ std::uint32_t points[kRowsPerBlock][kMostPairs];
  const int first = blockIdx.y * kRowsPerBlock;
  const int j = blockIdx.x * blockDim.x + threadIdx.x;
  int sums[kRowsPerBlock] = {};
  for (int from = 0; from < pairs; from += kMostPairs) {
    const int count = min(kMostPairs, pairs - from);
    __syncthreads();
    for (int k = threadIdx.x; k < kRowsPerBlock * count; k += blockDim.x) {
      const int r = k / count, p = k % count;
      points[r][p] = first + r < rows ? rowPoints[static_cast<std::size_t>(first + r) * pairs + from + p] : 0;
    }
    __syncthreads();
    if (j >= columns) continue;
    for (int p = 0; p < count; p++) {
      const std::uint32_t word = columnPoints[static_cast<std::size_t>(from + p) * columns + j];
      const int x = static_cast<std::int16_t>(word), y = static_cast<std::int16_t>(word >> 16);
#pragma unroll
      for (int r = 0; r < kRowsPerBlock; r++) {
        const int dx = x - static_cast<std::int16_t>(points[r][p]), dy = y - static_cast<std::int16_t>(points[r][p] >> 16);
        sums[r] += dx * dx + dy * dy;
      }
    }
  }
  if (j >= columns) return;
  for (int r = 0; r < kRowsPerBlock && first + r < rows; r++) matrix[static_cast<std::size_t>(first + r) * stride + j] = static_cast<std::uint32_t>(sums[r]);
}

__global__ void fillDifferences(const std::int32_t* costs, std::int64_t base, int rows, int columns, int stride, std::uint32_t* matrix) {
  const int j = blockIdx.x * blockDim.x + threadIdx.x, i = blockIdx.y;
  if (j < columns) matrix[static_cast<std::size_t>(i) * stride + j] = static_cast<std::uint32_t>(costs[static_cast<std::size_t>(i) * columns + j] - base);
}

__global__ void fillWords(std::uint32_t* rows, int rowCount, std::uint32_t* columns, int columnCount) {
  const int k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k < rowCount) rows[k] = rowWord(k);
  if (k < columnCount) columns[k] = columnWord(k);
}

class CudaAuction final : public Driver {
 public:
  CudaAuction(Shape shape, int device) : Driver(shape), device_(device) {
    const auto n = static_cast<std::size_t>(shape.rows), m = static_cast<std::size_t>(shape.columns);
    const std::size_t places = m * shape.capacity;
    most_ = std::max(shape.rows, shape.columns);
    const auto most = static_cast<std::size_t>(most_);
    const auto room = [&](DeviceBuffer& buffer, std::size_t bytes) { buffer = DeviceBuffer(bytes, "assignment"); };
    board_.rows = shape.rows;
    board_.columns = shape.columns;
    board_.capacity = shape.capacity;
    board_.shift = shift_;
    board_.stride = (shape.columns + 31) / 32 * 32;
    board_.mostBid = mostLead(shape.rows);
    board_.mostOffer = mostLead(shape.columns);
    room(matrix_, n * board_.stride * 4);
    room(state_, (m + 4) * 8 + places * 12 + n * 4 + 64);
    room(spare_, state_.bytes());
    room(rest_, n * 16 + (n + m) * 4 + most * (16 + 8 + 8 + 16) + (n + m + most) * 4 + sizeof(Counters) + 1024);
    unsigned char* at = state_.as<unsigned char>();
    const auto take = [&](auto*& pointer, std::size_t count) {
      pointer = reinterpret_cast<std::remove_reference_t<decltype(pointer)>>(at);
      at += (count * sizeof(*pointer) + 15) / 16 * 16;
    };
    take(board_.price, m + 4);
    take(board_.placePrice, places);
    take(board_.placeRow, places);
    take(board_.column, n);
    at = rest_.as<unsigned char>();
    take(board_.owned, n);
    take(board_.least, n);
    take(board_.highest, 2 * most);
    take(board_.amount, 2 * most);
    take(board_.list, 2 * most);
    take(board_.target, 2 * most);
    std::uint32_t *rowWords, *columnWords;
    take(rowWords, n);
    take(columnWords, m + 4);
    board_.rowWords = rowWords;
    board_.columnWords = columnWords;
    take(board_.mark, m);
    take(board_.left, most);
    take(board_.counters, 1);
    board_.matrix = matrix_.as<std::uint32_t>();
    cudaCheck(cudaMemsetAsync(rest_.data(), 0, rest_.bytes(), stream_), "assignment: clear");
    fillWords<<<(most_ + 255) / 256, 256, 0, stream_>>>(rowWords, shape.rows, columnWords, shape.columns);
    cudaCheckLaunch("assignment: words");
    cudaDeviceProp properties;
    cudaCheck(cudaGetDeviceProperties(&properties, device_), "assignment: device");
    int perProcessor = 0;
    cudaCheck(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&perProcessor, rounds<true>, kThreads, 0), "assignment: occupancy");
    if (!properties.cooperativeLaunch || perProcessor < 1) throw std::invalid_argument("this device runs no cooperative kernels");
    blocks_ = properties.multiProcessorCount;
    counters_ = PinnedBuffer(sizeof(Counters), "assignment");
    forget();
    stream_.synchronize();
  }

  void prices(double* out) const override {
    const OnDevice here(device_);
    std::vector<Grains> price(shape_.columns);
    cudaCheck(cudaMemcpyAsync(price.data(), board_.price, price.size() * 8, cudaMemcpyDeviceToHost, stream_), "assignment: prices");
    stream_.synchronize();
    for (int j = 0; j < shape_.columns; j++) out[j] = std::ldexp(static_cast<double>(price[j]), -shift_);
  }

 private:
  void save() override {
    const OnDevice here(device_);
    cudaCheck(cudaMemcpyAsync(spare_.data(), state_.data(), state_.bytes(), cudaMemcpyDeviceToDevice, stream_), "assignment: save");
  }

  void restore() override {
    const OnDevice here(device_);
    cudaCheck(cudaMemcpyAsync(state_.data(), spare_.data(), state_.bytes(), cudaMemcpyDeviceToDevice, stream_), "assignment: restore");
    cudaCheck(cudaMemsetAsync(board_.highest, 0, static_cast<std::size_t>(most_) * 16, stream_), "assignment: clear");
    stream_.synchronize();
  }

  void forget() {
    const std::size_t places = static_cast<std::size_t>(shape_.columns) * shape_.capacity;
    cudaCheck(cudaMemsetAsync(board_.price, 0, shape_.columns * sizeof(Grains), stream_), "assignment: forget");
    cudaCheck(cudaMemsetAsync(board_.placePrice, 0, places * sizeof(Grains), stream_), "assignment: forget");
    cudaCheck(cudaMemsetAsync(board_.placeRow, 0xff, places * 4, stream_), "assignment: forget");
    cudaCheck(cudaMemsetAsync(board_.column, 0xff, static_cast<std::size_t>(shape_.rows) * 4, stream_), "assignment: forget");
  }

  std::int64_t base() const override { return base_; }

  void take(const Costs& costs, const Stay& stay, bool cold) override {
    const OnDevice here(device_);
    if (cold) forget();
    const auto n = static_cast<std::size_t>(shape_.rows);
    upload_.reserve(n * 8, "assignment");
    if (costs.matrix != nullptr) {
      takeMatrix(costs.matrix);
    } else {
      takePoints(costs);
    }
    board_.stayColumn = board_.stayPenalty = nullptr;
    if (stay.column == nullptr) return;
    stays_.reserve(n * 8, "assignment");
    auto* numbers = upload_.as<std::int32_t>();
    std::copy(stay.column, stay.column + n, numbers);
    std::copy(stay.penalty, stay.penalty + n, numbers + n);
    cudaCheck(cudaMemcpyAsync(stays_.data(), numbers, n * 8, cudaMemcpyHostToDevice, stream_), "assignment: stay");
    board_.stayColumn = stays_.as<std::int32_t>();
    board_.stayPenalty = stays_.as<std::int32_t>() + n;
  }

  void takeMatrix(const std::int32_t* matrix) {
    const std::size_t bytes = static_cast<std::size_t>(shape_.rows) * shape_.columns * 4;
    base_ = *std::min_element(matrix, matrix + bytes / 4);
    points_.reserve(bytes, "assignment");
    cudaCheck(cudaMemcpyAsync(points_.data(), matrix, bytes, cudaMemcpyHostToDevice, stream_), "assignment: matrix");
    const dim3 grid((shape_.columns + 255) / 256, shape_.rows);
    for (int from = 0; from < shape_.rows; from += 65535) {
      const int count = std::min(65535, shape_.rows - from);
      fillDifferences<<<dim3(grid.x, count), 256, 0, stream_>>>(points_.as<std::int32_t>() + static_cast<std::size_t>(from) * shape_.columns, base_,
                                                                 count, shape_.columns, board_.stride,
                                                                 matrix_.as<std::uint32_t>() + static_cast<std::size_t>(from) * board_.stride);
      cudaCheckLaunch("assignment: matrix");
    }
    pairs_ = 0;
    stream_.synchronize();  // the caller's matrix is not page-locked
  }

  void takePoints(const Costs& costs) {
    const int pairs = (costs.dimensions + 1) / 2;
    const auto n = static_cast<std::size_t>(shape_.rows), m = static_cast<std::size_t>(shape_.columns);
    checkReach(costs.rowPoints, shape_.rows, costs.dimensions, "the rows");
    if (!costs.columnsUnchanged || pairs != pairs_) {
      checkReach(costs.columnPoints, shape_.columns, costs.dimensions, "the columns");
      std::vector<std::uint32_t> across(m * pairs);
      for (std::size_t j = 0; j < m; j++) {
        for (int k = 0; k < pairs; k++) across[k * m + j] = packed(costs.columnPoints + j * costs.dimensions, k, costs.dimensions);
      }
      columnPoints_.reserve(across.size() * 4, "assignment");
      cudaCheck(cudaMemcpyAsync(columnPoints_.data(), across.data(), across.size() * 4, cudaMemcpyHostToDevice, stream_), "assignment: columns");
      stream_.synchronize();
      pairs_ = pairs;
    }
    points_.reserve(n * pairs * 4, "assignment");
    rowUpload_.reserve(n * pairs * 4, "assignment");
    auto* along = rowUpload_.as<std::uint32_t>();
    for (std::size_t i = 0; i < n; i++) {
      for (int k = 0; k < pairs; k++) along[i * pairs + k] = packed(costs.rowPoints + i * costs.dimensions, k, costs.dimensions);
    }
    cudaCheck(cudaMemcpyAsync(points_.data(), along, n * pairs * 4, cudaMemcpyHostToDevice, stream_), "assignment: rows");
    const dim3 grid((shape_.columns + 255) / 256, (shape_.rows + kRowsPerBlock - 1) / kRowsPerBlock);
    if (grid.y > 65535) throw std::invalid_argument("a device takes 524280 rows of points at most");
    fillDistances<<<grid, 256, 0, stream_>>>(points_.as<std::uint32_t>(), columnPoints_.as<std::uint32_t>(), shape_.rows, shape_.columns,
                                             board_.stride, pairs, matrix_.as<std::uint32_t>());
    cudaCheckLaunch("assignment: distances");
    base_ = 0;
  }

  static std::uint32_t packed(const std::int16_t* point, int pair, int dimensions) {
    const std::uint32_t low = static_cast<std::uint16_t>(point[2 * pair]);
    const std::uint32_t high = 2 * pair + 1 < dimensions ? static_cast<std::uint16_t>(point[2 * pair + 1]) : 0u;
    return low | high << 16;
  }

  Counters fetch() {
    cudaCheck(cudaMemcpyAsync(counters_.data(), board_.counters, sizeof(Counters), cudaMemcpyDeviceToHost, stream_), "assignment: counters");
    stream_.synchronize();
    return *counters_.as<Counters>();
  }

  void clearCounters() { cudaCheck(cudaMemsetAsync(board_.counters, 0, sizeof(Counters), stream_), "assignment: counters"); }

  Look look() override {
    const OnDevice here(device_);
    clearCounters();
    lookAt<<<std::min(shape_.rows, blocks_ * 4), kThreads, 0, stream_>>>(board_);
    cudaCheckLaunch("assignment: look");
    seen_ = fetch();
    outcome_.scans += shape_.rows;
    Look look;
    look.leastUnits = seen_.leastUnits;
    look.leastGrains = seen_.leastGrains;
    look.priceUnits = seen_.priceUnits;
    look.priceGrains = seen_.priceGrains;
    look.loose = static_cast<int>(seen_.loose);
    return look;
  }

  Grains spread() override {
    const OnDevice here(device_);
    clearCounters();
    sampleSpread<<<kSamples, kSamples, 0, stream_>>>(board_);
    cudaCheckLaunch("assignment: spread");
    return fetch().spread;
  }

  void stage(Grains step) override {
    const OnDevice here(device_);
    clearCounters();
    beginForward<<<std::min(shape_.rows, blocks_ * 4), kThreads, 0, stream_>>>(board_, step);
    cudaCheckLaunch("assignment: begin");
    if (!run<true>(step)) return;
    clearCounters();
    beginReverse<<<(shape_.columns + 255) / 256, 256, 0, stream_>>>(board_);
    cudaCheckLaunch("assignment: begin");
    run<false>(step);
  }

  /// @return whether the rounds came to their end.
  template <bool kForward>
  bool run(Grains step) {
    for (;;) {
      checkCancel();
      int limit = static_cast<int>(std::min<std::int64_t>(kRoundsPerLaunch, effort_->mostRounds - outcome_.rounds));
      if (limit < 1) {
        outcome_.exhausted = fetch().open[0] > 0;
        return !outcome_.exhausted;
      }
      const std::int64_t before = outcome_.rounds;
      if (!kForward) cudaCheck(cudaMemsetAsync(board_.mark, 0, static_cast<std::size_t>(shape_.columns) * 4, stream_), "assignment: marks");
      void* arguments[] = {&board_, &step, &most_, &limit};
      cudaCheck(cudaLaunchCooperativeKernel(reinterpret_cast<void*>(rounds<kForward>), dim3(blocks_), dim3(kThreads), arguments, 0, stream_),
                "assignment: rounds");
      const Counters seen = fetch();
      cudaCheck(cudaMemsetAsync(board_.counters, 0, 3 * sizeof(std::int64_t), stream_), "assignment: counters");
      outcome_.rounds = before + seen.rounds;
      outcome_.bids += seen.bids;
      outcome_.offers += seen.offers;
      outcome_.scans += seen.bids;
      if (seen.overflow) throwTooFarApart();
      if (seen.unfinished == 0) return true;
    }
  }

  void settle() override {
    const OnDevice here(device_);
    settleRows<<<1, kThreads, 0, stream_>>>(board_);
    cudaCheckLaunch("assignment: settle");
  }

  Paid paid() override { return {seen_.cost + base_ * shape_.rows, seen_.penalties}; }

  void columns(std::int32_t* out) const override {
    const OnDevice here(device_);
    cudaCheck(cudaMemcpyAsync(out, board_.column, static_cast<std::size_t>(shape_.rows) * 4, cudaMemcpyDeviceToHost, stream_), "assignment: answer");
    stream_.synchronize();
  }

  const int device_;
  Stream stream_;
  Board board_{};
  DeviceBuffer matrix_, state_, spare_, rest_, points_, columnPoints_, stays_;
  PinnedBuffer counters_, upload_, rowUpload_;
  Counters seen_{};
  std::int64_t base_ = 0;
  int pairs_ = 0;
  int blocks_ = 0;
  int most_ = 0;
};

}  // namespace

std::unique_ptr<Auction> createCudaAuction(Shape shape, int device) {
  checkShape(shape);
  requireCudaDevice(device);
  const OnDevice here(device);
  return std::make_unique<CudaAuction>(shape, device);
}

}  // namespace gimbal::assignment
