// One output pixel out of the stage: insidePixel's integers.
#pragma once
#include "edge.hpp"
#include "staged.cuh"
#include "weights.cuh"

namespace gimbal::warping {
namespace {

/// A sum of weighted samples within those that there are, in the low bits.
template <class S>
__device__ inline std::uint32_t clamped(int value, int bits) {
#if defined(__CUDA_ARCH__)
  if constexpr (sizeof(S) == 1) {
    std::uint32_t result;
    asm("cvt.pack.sat.u8.s32.b32 %0, 0, %1, 0;" : "=r"(result) : "r"(value));
    return result;
  }
#endif
  return static_cast<std::uint32_t>(clampTo(value, (1 << bits) - 1));
}

/// start + the weighted sum over one row of taps of one channel, out of its staged words. 16-bit samples: by the bytes of the
/// weights.
template <class S, int N>
__device__ inline int sumStaged(const std::uint32_t (&word)[3], const std::uint32_t (&pair)[N / 2], const WeightBytes<N>& bytes,
                                int start) {
  if constexpr (sizeof(S) == 2) return bytes.dot(word, start);
  int sum = dotBytes<false>(pair[0], word[0], start);
  if constexpr (N > 2) sum = dotBytes<true>(pair[1], word[0], sum);
  if constexpr (N > 4) sum = dotBytes<false>(pair[2], word[1], sum);
  return sum;
}

/// insidePixel, out of the stage; `x` and `y` relative to it with stagePlaces binary places.
template <class S, int P, int N>
__device__ inline std::uint32_t stagedPixel(const std::uint32_t* words, int depth, int shift, const std::uint32_t* table,
                                            std::int32_t x, std::int32_t y) {
  using T = Staged<S, P, N>;
  const int bits = sizeof(S) == 1 ? 8 : depth;
  const int columnDown = bits + 14 - intermediateBits(N);
  const int rowDown = 14 + intermediateBits(N) - bits;
  const int centre = 1 << (bits - 1);
  const bool flips = sizeof(S) == 2 && bits == 16;
  const int columnStart = Scale<N>::columnStart(
      static_cast<int>((1u << (columnDown - 1)) - (flips ? 0 : static_cast<unsigned>(centre) << 14)), columnDown);
  const int rowStart = Scale<N>::rowStart((1 << (rowDown - 1)) + (centre << rowDown));
  std::uint32_t wx[N / 2];
  weightPairs<N, stagePlaces>(table, x, wx);
  const WeightBytes<N> wxBytes(wx);
  const std::uint32_t* at = words + (y >> stagePlaces) * T::pitch + (x >> stagePlaces) * P;
  int row[P][N];
#pragma unroll
  for (int j = 0; j < N; j++) {
    std::uint32_t word[P][3] = {};
#pragma unroll
    for (int k = 0; k < T::perRow; k++) {
      const std::uint32_t* from = at + j * T::pitch + k * T::samples * P;
      if constexpr (P == 1) {
        word[0][k] = *from;
      } else {
        const uint2 both = *reinterpret_cast<const uint2*>(from);
        word[0][k] = both.x;
        word[P - 1][k] = both.y;
      }
    }
#pragma unroll
    for (int channel = 0; channel < P; channel++) row[channel][j] = sumStaged<S, N>(word[channel], wx, wxBytes, columnStart);
  }
  std::uint32_t value[P];
  if constexpr (N == 2) {
    const int second = static_cast<int>((static_cast<std::uint32_t>(y) >> (stagePlaces - 14)) & 0x3fff);
    for (int i = 0; i < P; i++) {
      const int first = row[i][0] >> columnDown;
      // row0 (16384 - second) + row1 second, by one multiplication less.
      value[i] =
          static_cast<std::uint32_t>((rowStart + first * 16384 + ((row[i][1] >> columnDown) - first) * second) >> rowDown);
    }
  } else {
    std::uint32_t wy[N / 2];
    weightPairs<N, stagePlaces>(table, y, wy);
    const WeightBytes<N> wyBytes(wy);
    for (int i = 0; i < P; i++) {
      std::uint32_t pair[N / 2];
#pragma unroll
      for (int j = 0; j < N; j += 2) {
        if constexpr (sizeof(S) == 1) {
          pair[j / 2] = __byte_perm(row[i][j], row[i][j + 1], 0x6521);  // both shifted down by columnDown + 1 = 8
        } else {
          pair[j / 2] = __byte_perm(row[i][j] >> (columnDown + 1), row[i][j + 1] >> (columnDown + 1), 0x5410);
        }
      }
      value[i] = clamped<S>(wyBytes.dot(pair, rowStart) >> (rowDown + 1), bits);
    }
  }
  if constexpr (sizeof(S) == 2) {
    for (int i = 0; i < P; i++) value[i] <<= shift;
  }
  return P == 1 ? value[0] : value[0] | value[P - 1] << (8 * sizeof(S));
}

}  // namespace
}  // namespace gimbal::warping
