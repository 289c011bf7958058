// The weights of a pixel's kernel and the integer sums over them, as the device's instructions like them: the same integers as
// lanes.hpp.
#pragma once
#include "job.hpp"

namespace gimbal::warping {
namespace {

/// Rounding is folded into the coordinate: the phase of x + bias is its next 10 bits, and a phase of 1024 is the next pixel's
/// 0.
template <int N>
constexpr std::int32_t phaseBias = N == 2 ? 0 : 1 << (15 - phaseBits);

/// Bicubic and Lanczos weights come negated and doubled, so that 1 is -32768 and fits 16 bits; then a sum of 8-bit samples
/// loses whole bytes where the CPU's loses 7 bits, and two of the results fit together with one byte permutation. -x rounds
/// down where x rounds up: columnStart makes up for it, so that exactly the negative of the CPU's intermediate comes out.
template <int N>
struct Scale {
  static constexpr int extra = N == 2 ? 0 : 1;  // bits by which sums are larger, both times
  __device__ static int columnStart(int plain, int columnDown) {
    return N == 2 ? plain
                  : static_cast<int>(static_cast<unsigned>(-2) * static_cast<unsigned>(plain) + (1u << (columnDown + 1)) - 1);
  }
  __device__ static int rowStart(int plain) { return N == 2 ? plain : 2 * plain; }
};

/// Weights of the taps, two to a word as the table holds them (see Scale).
template <int N, int fractionBits = 16>
__device__ inline void weightPairs(const std::uint32_t* table, std::int32_t coordinate, std::uint32_t (&pair)[N / 2]) {
  if constexpr (N == 2) {
    const std::uint32_t second = (static_cast<std::uint32_t>(coordinate) >> (fractionBits - 14)) & 0x3fff;
    pair[0] = (second << 16) - second + 16384;
  } else {
    const std::uint32_t phase = (coordinate >> (fractionBits - phaseBits)) & (phaseCount - 1);
    if constexpr (N == 4) {
      const uint2 two = reinterpret_cast<const uint2*>(table)[phase];
      pair[0] = two.x;
      pair[1] = two.y;
    } else {
      const uint4 three = reinterpret_cast<const uint4*>(table)[phase];
      pair[0] = three.x;
      pair[1] = three.y;
      pair[2] = three.z;
    }
  }
}

__device__ inline int lowHalf(std::uint32_t word) { return static_cast<std::int16_t>(word & 0xffff); }
__device__ inline int highHalf(std::uint32_t word) { return static_cast<std::int32_t>(word) >> 16; }

/// sum + two signed 16-bit weights times the low (or high) two unsigned bytes of `bytes`.
template <bool High>
__device__ inline int dotBytes(std::uint32_t weights, std::uint32_t bytes, int sum) {
#if defined(__CUDA_ARCH__)
  int result;
  if constexpr (High) {
    asm("dp2a.hi.s32.u32 %0, %1, %2, %3;" : "=r"(result) : "r"(weights), "r"(bytes), "r"(sum));
  } else {
    asm("dp2a.lo.s32.u32 %0, %1, %2, %3;" : "=r"(result) : "r"(weights), "r"(bytes), "r"(sum));
  }
  return result;
#else
  if (High) bytes >>= 16;
  return sum + lowHalf(weights) * static_cast<int>(bytes & 0xff) + highHalf(weights) * static_cast<int>(bytes >> 8 & 0xff);
#endif
}

/// sum + two signed 16-bit numbers times two bytes of `bytes`, the low two or the high two, signed or not.
template <bool High, bool Signed>
__device__ inline int dotWeights(std::uint32_t numbers, std::uint32_t bytes, int sum) {
#if defined(__CUDA_ARCH__)
  if constexpr (!Signed) return dotBytes<High>(numbers, bytes, sum);
  int result;
  if constexpr (High) {
    asm("dp2a.hi.s32.s32 %0, %1, %2, %3;" : "=r"(result) : "r"(numbers), "r"(bytes), "r"(sum));
  } else {
    asm("dp2a.lo.s32.s32 %0, %1, %2, %3;" : "=r"(result) : "r"(numbers), "r"(bytes), "r"(sum));
  }
  return result;
#else
  if (High) bytes >>= 16;
  const int first = Signed ? static_cast<signed char>(bytes & 0xff) : static_cast<int>(bytes & 0xff);
  const int second = Signed ? static_cast<signed char>(bytes >> 8 & 0xff) : static_cast<int>(bytes >> 8 & 0xff);
  return sum + lowHalf(numbers) * first + highHalf(numbers) * second;
#endif
}

/// 16-bit weights as bytes: for a product of 16 by 16 bits is the sum of two of 16 by 8.
template <int N>
struct WeightBytes {
  std::uint32_t low[(N + 3) / 4];
  std::uint32_t high[(N + 3) / 4];  // signed

  __device__ explicit WeightBytes(const std::uint32_t (&pair)[N / 2]) {
    low[0] = __byte_perm(pair[0], N > 2 ? pair[N > 2 ? 1 : 0] : 0, 0x6420);
    high[0] = __byte_perm(pair[0], N > 2 ? pair[N > 2 ? 1 : 0] : 0, 0x7531);
    if constexpr (N > 4) {
      low[1] = __byte_perm(pair[2], 0, 0x4420);
      high[1] = __byte_perm(pair[2], 0, 0x4431);
    }
  }
  /// start + sum of N signed 16-bit numbers, two to a word, times the weights.
  __device__ int dot(const std::uint32_t* numbers, int start) const {
    int a = dotWeights<false, false>(numbers[0], low[0], start);
    int b = dotWeights<false, true>(numbers[0], high[0], 0);
    if constexpr (N > 2) {
      a = dotWeights<true, false>(numbers[1], low[0], a);
      b = dotWeights<true, true>(numbers[1], high[0], b);
    }
    if constexpr (N > 4) {
      a = dotWeights<false, false>(numbers[2], low[1], a);
      b = dotWeights<false, true>(numbers[2], high[1], b);
    }
    return static_cast<int>(static_cast<std::uint32_t>(a) + (static_cast<std::uint32_t>(b) << 8));
  }
};

}  // namespace
}  // namespace gimbal::warping
