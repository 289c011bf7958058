#pragma once
#include <cstdint>

// What the threads of one block find out together, always in the same order: sums and order statistics. Blocks have kBlock threads.
namespace gimbal::device {

constexpr int kBlock = 256;
constexpr int kWarps = kBlock / 32;
constexpr int kDigit = 11;  // bits that a round of blockMedian settles
constexpr int kBins = 1 << kDigit;

/// Shared memory of the functions below.
struct BlockMemory {
  double partial[kWarps][64];
  double total[64];
  alignas(16) unsigned histogram[kBins];
  int warp[kWarps];
  int digit;
  int rank;
};

/// Leaves in each lane the warp's sum of entries `lane * Count / 32` and following: every step hands half of the entries over.
template <int Count, int Bit>
__device__ inline void distribute(double* v) {
  const bool upper = threadIdx.x & Bit;
#pragma unroll
  for (int i = 0; i < Count / 2; i++) {
    const double send = upper ? v[i] : v[i + Count / 2];
    const double keep = upper ? v[i + Count / 2] : v[i];
    v[i] = keep + __shfl_xor_sync(0xffffffffu, send, Bit);
  }
  if constexpr (Bit > 1) distribute<Count / 2, Bit / 2>(v);
}

/// Sums over the block of each of the first `values` entries; they are in memory.total when it returns. Count is 32 or 64.
template <int Count>
__device__ inline void blockSums(double (&v)[Count], int values, BlockMemory& memory) {
  distribute<Count, 16>(v);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
#pragma unroll
  for (int i = 0; i < Count / 32; i++) memory.partial[warp][lane * (Count / 32) + i] = v[i];
  __syncthreads();
  if (threadIdx.x < values) {
    double sum = 0;
#pragma unroll
    for (int w = 0; w < kWarps; w++) sum += memory.partial[w][threadIdx.x];
    memory.total[threadIdx.x] = sum;
  }
  __syncthreads();
}

/// The same for a few values; every thread gets the sums.
template <int Count>
__device__ inline void blockSumsOfFew(double (&v)[Count], BlockMemory& memory) {
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
#pragma unroll
  for (int i = 0; i < Count; i++) {
#pragma unroll
    for (int step = 16; step > 0; step /= 2) v[i] += __shfl_xor_sync(0xffffffffu, v[i], step);
    if (lane == 0) memory.partial[warp][i] = v[i];
  }
  __syncthreads();
#pragma unroll
  for (int i = 0; i < Count; i++) {
    v[i] = memory.partial[0][i];
#pragma unroll
    for (int w = 1; w < kWarps; w++) v[i] += memory.partial[w][i];
  }
  __syncthreads();
}

/// Replaces a value by the sum of those of this and all threads before; `total` gets the sum of all.
__device__ inline double blockRunningSum(double value, double& total, BlockMemory& memory) {
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
#pragma unroll
  for (int step = 1; step < 32; step *= 2) {
    const double other = __shfl_up_sync(0xffffffffu, value, step);
    if (lane >= step) value += other;
  }
  if (lane == 31) memory.total[warp] = value;
  __syncthreads();
  double before = 0;
  total = 0;
#pragma unroll
  for (int w = 0; w < kWarps; w++) {
    if (w < warp) before += memory.total[w];
    total += memory.total[w];
  }
  __syncthreads();
  return before + value;
}

/// Sum of the values of all threads before this one; `total` gets the sum of all.
__device__ inline int blockBefore(int value, int& total, BlockMemory& memory) {
  int inclusive = value;
#pragma unroll
  for (int step = 1; step < 32; step *= 2) {
    const int other = __shfl_up_sync(0xffffffffu, inclusive, step);
    if (threadIdx.x % 32 >= step) inclusive += other;
  }
  if (threadIdx.x % 32 == 31) memory.warp[threadIdx.x / 32] = inclusive;
  __syncthreads();
  int before = 0;
  total = 0;
#pragma unroll
  for (int w = 0; w < kWarps; w++) {
    if (w < threadIdx.x / 32) before += memory.warp[w];
    total += memory.warp[w];
  }
  __syncthreads();
  return before + inclusive - value;
}

/// The median of keyOf(0) to keyOf(count − 1), each of `Bits` (22 or 32) bits: the one that half of them, rounded down, come before. With
/// 22, keys with a higher bit set stay out. `among` gets how many took part; there is no median among none. Counting sort, from the upper
/// digits to the lower: adding whole numbers is the same in any order.
template <int Bits, class KeyOf>
__device__ inline unsigned blockMedian(int count, int& among, BlockMemory& memory, const KeyOf& keyOf) {
  constexpr int kEach = kBins / kBlock, kRounds = (Bits + kDigit - 1) / kDigit;
  unsigned prefix = 0;
  int rank = 0;
#pragma unroll
  for (int round = kRounds - 1; round >= 0; round--) {
    const int shift = round * kDigit;
    uint4* own = reinterpret_cast<uint4*>(memory.histogram) + threadIdx.x * (kEach / 4);
#pragma unroll
    for (int k = 0; k < kEach / 4; k++) own[k] = uint4{0, 0, 0, 0};
    __syncthreads();
    for (int i = threadIdx.x; i < count; i += kBlock) {
      const unsigned key = keyOf(i);
      if ((key >> shift) >> kDigit == prefix) atomicAdd(&memory.histogram[(key >> shift) & (kBins - 1u)], 1u);
    }
    __syncthreads();
    int bins[kEach], here = 0;
#pragma unroll
    for (int k = 0; k < kEach / 4; k++) {
      const uint4 four = own[k];
      bins[4 * k] = four.x;
      bins[4 * k + 1] = four.y;
      bins[4 * k + 2] = four.z;
      bins[4 * k + 3] = four.w;
    }
#pragma unroll
    for (int k = 0; k < kEach; k++) here += bins[k];
    int total = 0;
    int before = blockBefore(here, total, memory);
    if (round == kRounds - 1) {
      among = total;
      rank = total / 2;
      if (total == 0) return 0;
    }
#pragma unroll
    for (int k = 0; k < kEach; k++) {
      if (rank >= before && rank < before + bins[k]) {
        memory.digit = threadIdx.x * kEach + k;
        memory.rank = rank - before;
      }
      before += bins[k];
    }
    __syncthreads();
    prefix = prefix << kDigit | static_cast<unsigned>(memory.digit);
    rank = memory.rank;
  }
  return prefix;
}

/// A float's place among all floats, as a whole number.
__device__ inline unsigned orderedBits(float value) {
  const unsigned bits = __float_as_uint(value);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}
__device__ inline float fromOrderedBits(unsigned key) {
  return __uint_as_float(key & 0x80000000u ? key & 0x7fffffffu : ~key);
}

}  // namespace gimbal::device
