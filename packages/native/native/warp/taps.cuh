// One output pixel whose kernel lies inside the source: the same integers as lanes.hpp, from 32-bit words of the source.
#pragma once
#include "edge.hpp"
#include "job.hpp"
#include "weights.cuh"

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

/// One row of taps. `at`: its first byte, or where words are read, the first word; then the taps start `down` bits (modulo 32)
/// into it. Words are read whole, so up to 3 bytes before the taps and `slack` pixels after are touched.
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

/// The pixel at (x, y), in 1/65536 px and phaseBias added, all of its taps inside the source, in the low bytes as memory holds
/// it. Rows start, unless read bytewise, a multiple of 4 bytes apart.
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
      total[channel] +=
          (sumRow<S, P, N>(source.shift, word, wx, channel, columnStart) >> (columnDown + Scale<N>::extra)) * weight;
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
