// One output pixel whose kernel lies inside the source: the same integers as lanes.hpp, from 32-bit words of the source.
#pragma once
#include "edge.hpp"
#include "job.hpp"

namespace gimbal::warping {
namespace {

/// What a sample type, a number of channels and a number of taps mean for reading one row of taps.
template <class S, int P, int N>
struct Taps {
  static constexpr int pixelBytes = P * static_cast<int>(sizeof(S));
  static constexpr int bytes = N * pixelBytes;
  static constexpr int words = (bytes + 3) / 4;
  static constexpr bool bytewise = sizeof(S) == 1 && P == 1 && N == 2;  // two bytes are fetched by themselves
  static constexpr bool wordwise = pixelBytes == 4;                     // pixels start at whole words
  /// Pixels beyond the last tap that a word may touch.
  static constexpr int slack = bytewise || wordwise ? 0 : (4 * (words + 1) - bytes) / pixelBytes;
};

/// Rounding is folded into the coordinate: the phase of x + bias is its next 10 bits, and a phase of 1024 is the next pixel's 0.
template <int N>
constexpr std::int32_t phaseBias = N == 2 ? 0 : 1 << (15 - phaseBits);

/// Bicubic and Lanczos weights come negated and doubled, so that 1 is -32768 and fits 16 bits; then a sum of 8-bit samples loses
/// whole bytes where the CPU's loses 7 bits, and two of the results fit together with one byte permutation. -x rounds down where x
/// rounds up: columnStart makes up for it, so that exactly the negative of the CPU's intermediate comes out.
template <int N>
struct Scale {
  static constexpr int extra = N == 2 ? 0 : 1;  // bits by which sums are larger, both times
  __device__ static int columnStart(int plain, int columnDown) {
    return N == 2 ? plain : static_cast<int>(static_cast<unsigned>(-2) * static_cast<unsigned>(plain) + (1u << (columnDown + 1)) - 1);
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

/// Where the pixels of one plane are read from: what does not change from pixel to pixel.
struct Source {
  const unsigned char* base;  // the plane, or the whole word that it starts in
  std::int32_t origin;        // bytes from there to the first tap of the pixel at (0, 0)
  std::int32_t stride;
  int bits;
  int shift;
};

/// Planes of less than 2^31 bytes.
template <class S, int P, int N>
__device__ inline Source sourceOf(const Job& job) {
  const std::uintptr_t ahead = Taps<S, P, N>::bytewise ? 0 : reinterpret_cast<std::uintptr_t>(job.src) & 3;
  const auto stride = static_cast<std::int32_t>(job.srcStride);
  return {job.src - ahead, static_cast<std::int32_t>(ahead) - (N / 2 - 1) * (stride + Taps<S, P, N>::pixelBytes), stride,
          sizeof(S) == 1 ? 8 : job.bits, sizeof(S) == 1 ? 0 : job.shift};
}

/// One row of taps. `at`: its first byte, or where words are read, the first word; then the taps start `down` bits (modulo 32) into it.
/// Words are read whole, so up to 3 bytes before the taps and `slack` pixels after are touched.
template <class S, int P, int N>
__device__ inline void fetchRow(const unsigned char* at, std::uint32_t down, std::uint32_t (&word)[Taps<S, P, N>::words]) {
  using T = Taps<S, P, N>;
  const auto* from = reinterpret_cast<const std::uint32_t*>(at);
  if constexpr (T::bytewise) {
    word[0] = __ldg(at) | static_cast<std::uint32_t>(__ldg(at + 1)) << 8;
  } else if constexpr (T::wordwise) {
    for (int i = 0; i < T::words; i++) word[i] = __ldg(from + i);
  } else {
    std::uint32_t low = __ldg(from);
    for (int i = 0; i < T::words; i++) {
      const std::uint32_t high = __ldg(from + i + 1);
      word[i] = __funnelshift_r(low, high, down);
      low = high;
    }
  }
}

/// start + sum of sample * weight over one row of taps of `channel`.
template <class S, int P, int N>
__device__ inline int sumRow(int shift, const std::uint32_t (&word)[Taps<S, P, N>::words], const std::uint32_t (&pair)[N / 2],
                             int channel, int start) {
  int sum = start;
  if constexpr (sizeof(S) == 1) {
    std::uint32_t taps[2];
    if constexpr (P == 1) {
      taps[0] = word[0];
      taps[1] = Taps<S, P, N>::words > 1 ? word[1] : 0;
    } else {
      const unsigned pick = channel == 0 ? 0x6420 : 0x7531;
      taps[0] = __byte_perm(word[0], Taps<S, P, N>::words > 1 ? word[1] : 0, pick);
      taps[1] = Taps<S, P, N>::words > 2 ? __byte_perm(word[2], 0, pick) : 0;
    }
    sum = dotBytes<false>(pair[0], taps[0], sum);
    if constexpr (N > 2) sum = dotBytes<true>(pair[1], taps[0], sum);
    if constexpr (N > 4) sum = dotBytes<false>(pair[2], taps[1], sum);
  } else {
    const std::uint32_t mask = (0xffffu >> shift) * 0x10001u;
    for (int k = 0; k < N; k++) {
      const std::uint32_t samples = (P == 1 ? word[k / 2] : word[k]) >> shift & mask;
      const bool high = P == 1 ? k % 2 == 1 : channel == 1;
      const int sample = static_cast<int>(high ? samples >> 16 : samples & 0xffff);
      sum += sample * (k % 2 == 0 ? lowHalf(pair[k / 2]) : highHalf(pair[k / 2]));
    }
  }
  return sum;
}

/// The pixel at (x, y), in 1/65536 px and phaseBias added, all of its taps inside the source, in the low bytes as memory holds it.
/// Rows start, unless read bytewise, a multiple of 4 bytes apart.
template <class S, int P, int N>
__device__ inline std::uint32_t insidePixel(const Source& source, const std::uint32_t* table, std::int32_t x, std::int32_t y) {
  using T = Taps<S, P, N>;
  const int bits = sizeof(S) == 1 ? 8 : source.bits;
  const int columnDown = bits + 14 - intermediateBits(N);
  const int rowDown = 14 + intermediateBits(N) - bits;
  const int centre = 1 << (bits - 1);
  const int columnStart =
      Scale<N>::columnStart(static_cast<int>((1u << (columnDown - 1)) - (static_cast<unsigned>(centre) << 14)), columnDown);
  std::uint32_t wx[N / 2];
  std::uint32_t wy[N / 2];
  weightPairs<N>(table, x, wx);
  weightPairs<N>(table, y, wy);
  const auto offset = static_cast<std::uint32_t>((y >> 16) * source.stride + (x >> 16) * T::pixelBytes + source.origin);
  const unsigned char* at = source.base + (T::bytewise || T::wordwise ? offset : offset & ~3u);
  int total[P];
  for (int channel = 0; channel < P; channel++) total[channel] = Scale<N>::rowStart((1 << (rowDown - 1)) + (centre << rowDown));
#pragma unroll
  for (int j = 0; j < N; j++) {
    std::uint32_t word[T::words];
    fetchRow<S, P, N>(at, offset << 3, word);
    at += source.stride;
    const int weight = j % 2 == 0 ? lowHalf(wy[j / 2]) : highHalf(wy[j / 2]);
#pragma unroll
    for (int channel = 0; channel < P; channel++) {
      total[channel] += (sumRow<S, P, N>(source.shift, word, wx, channel, columnStart) >> (columnDown + Scale<N>::extra)) * weight;
    }
  }
  std::uint32_t value[P];
  for (int channel = 0; channel < P; channel++) {
    value[channel] = static_cast<std::uint32_t>(clampTo(total[channel] >> (rowDown + Scale<N>::extra), (1 << bits) - 1));
    if constexpr (sizeof(S) == 2) value[channel] <<= source.shift;
  }
  return P == 1 ? value[0] : value[0] | value[P - 1] << (8 * sizeof(S));
}

/// Writes a pixel of insidePixel. Where it holds two samples, `out` must be a multiple of their size together.
template <class S, int P>
__device__ inline void putPixel(std::uint32_t pixel, unsigned char* out) {
  constexpr int bytes = P * static_cast<int>(sizeof(S));
  if constexpr (bytes == 1) *out = static_cast<unsigned char>(pixel);
  if constexpr (bytes == 2) *reinterpret_cast<std::uint16_t*>(out) = static_cast<std::uint16_t>(pixel);
  if constexpr (bytes == 4) *reinterpret_cast<std::uint32_t*>(out) = pixel;
}

}  // namespace
}  // namespace gimbal::warping
