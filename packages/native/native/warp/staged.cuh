// A rectangle of the source in shared memory, spread out so that one word holds all that a kernel needs from a place on: four
// samples of 8 bits or two of 16, of one channel. Neighbouring pixels overlap in it, so no thread has to shift words together.
#pragma once
#include "edge.hpp"
#include "taps.cuh"

namespace gimbal::warping {
namespace {

template <class S, int P, int N>
struct Staged {
  static constexpr int samples = 4 / static_cast<int>(sizeof(S));  // of a word
  static constexpr int perRow = (N + samples - 1) / samples;       // words that a kernel reads of a row and channel
  static constexpr int pitch = P == 1 ? 80 : 96;                   // words of a staged row: 80 pixels, or 48 of two channels
  static constexpr int together = 4 / P;                           // pixels written by a thread at once
  static constexpr int sourceWords = sizeof(S) == 1 && P == 1 ? 2 : 3;  // read for them
  static constexpr int lastWord = samples * (perRow - 1);               // pixels from the first tap to the last word
  /// Pixels beyond the last tap that are touched: whole words are read for whole groups.
  static constexpr int slack = lastWord + sourceWords * 4 / (P * static_cast<int>(sizeof(S))) - 1 - (N - 1);
};

/// Where the kernels of some pixels lie: whole pixels of their coordinates.
struct Reach {
  int left;
  int right;
  int top;
  int bottom;
};

/// A staged rectangle: its first pixel and row, groups of pixels across, rows.
struct Rectangle {
  int x;
  int y;
  int groups;
  int rows;
};

template <class S, int P, int N>
__device__ inline Rectangle rectangleOf(const Reach& r) {
  using T = Staged<S, P, N>;
  constexpr int reach = N / 2 - 1;
  const int x = (r.left - reach) & ~(T::together - 1);
  return {x, r.top - reach, (r.right - reach + T::lastWord - x) / T::together + 1, r.bottom - r.top + N};
}

template <class S, int P, int N>
__device__ inline bool fitsStage(const Rectangle& r, int words) {
  using T = Staged<S, P, N>;
  return r.groups * 4 <= T::pitch && r.rows * T::pitch <= words;
}

/// Spreads the source words of one group.
template <class S, int P>
__device__ inline uint4 spread(const std::uint32_t (&word)[3], int shift, std::uint32_t mask, std::uint32_t flip) {
  if constexpr (sizeof(S) == 1 && P == 1) {
    return {word[0], __funnelshift_r(word[0], word[1], 8), __funnelshift_r(word[0], word[1], 16),
            __funnelshift_r(word[0], word[1], 24)};
  } else if constexpr (sizeof(S) == 1) {
    const std::uint32_t first = __byte_perm(word[0], word[1], 0x6420);
    const std::uint32_t second = __byte_perm(word[0], word[1], 0x7531);
    return {first, second, __byte_perm(first, word[2], 0x4321), __byte_perm(second, word[2], 0x5321)};
  } else {
    std::uint32_t w[3];
    for (int i = 0; i < 3; i++) w[i] = (word[i] >> shift & mask) ^ flip;
    if constexpr (P == 1) return {w[0], __funnelshift_r(w[0], w[1], 16), w[1], __funnelshift_r(w[1], w[2], 16)};
    return {__byte_perm(w[0], w[1], 0x5410), __byte_perm(w[0], w[1], 0x7632), __byte_perm(w[1], w[2], 0x5410),
            __byte_perm(w[1], w[2], 0x7632)};
  }
}

/// Stages a rectangle, by all `threads` of a block. The plane starts at a whole word.
template <class S, int P, int N, int threads>
__device__ inline void stage(const Job& job, const Rectangle& r, int thread, std::uint32_t* words) {
  using T = Staged<S, P, N>;
  const float across = 1.0f / static_cast<float>(r.groups);
  const int rowsAtOnce = static_cast<int>((threads + 0.5f) * across);
  const int row = static_cast<int>((static_cast<float>(thread) + 0.5f) * across);
  const int group = thread - row * r.groups;
  if (row >= rowsAtOnce) return;
  const int shift = sizeof(S) == 1 ? 0 : job.shift;
  const std::uint32_t mask = (0xffffu >> shift) * 0x10001u;
  const std::uint32_t flip = sizeof(S) == 2 && job.bits == 16 ? 0x80008000u : 0;
  const auto stride = static_cast<std::int32_t>(job.srcStride);
  const unsigned char* from =
      job.src + r.y * stride + r.x * P * static_cast<int>(sizeof(S)) + group * 4 * static_cast<int>(sizeof(S));
  std::uint32_t* to = words + group * 4;
  constexpr int ahead = 2;
  for (int at = row; at < r.rows; at += ahead * rowsAtOnce) {
    std::uint32_t word[ahead][3] = {};
    int line[ahead];
#pragma unroll
    for (int i = 0; i < ahead; i++) {
      const int wanted = at + i * rowsAtOnce;
      line[i] = wanted < r.rows ? wanted : at;  // once more what this thread staged, rather than to branch
      const auto* source = reinterpret_cast<const std::uint32_t*>(from + line[i] * stride);
#pragma unroll
      for (int k = 0; k < T::sourceWords; k++) word[i][k] = __ldg(source + k);
    }
#pragma unroll
    for (int i = 0; i < ahead; i++) {
      *reinterpret_cast<uint4*>(to + line[i] * T::pitch) = spread<S, P>(word[i], shift, mask, flip);
    }
  }
}

/// Stages a rectangle that reaches over the border of the source, sample by sample as edgePixel reads them.
template <class S, int P, int N, int threads>
__device__ __noinline__ void stageAcrossBorder(const Job& job, const Rectangle& r, int thread, std::uint32_t* words) {
  using T = Staged<S, P, N>;
  constexpr int bits = 8 * static_cast<int>(sizeof(S));
  const int shift = sizeof(S) == 1 ? 0 : job.shift;
  const std::uint32_t mask = (0xffffu >> shift) * 0x10001u;
  const std::uint32_t flip = sizeof(S) == 2 && job.bits == 16 ? 0x80008000u : 0;
  const auto fill = static_cast<std::uint32_t>(job.fill) << shift;
#pragma unroll 1
  for (int i = thread; i < r.groups * r.rows; i += threads) {
    const int line = i / r.groups;
    const int group = i - line * r.groups;
    const int row = borderIndex(r.y + line, job.srcHeight, job.border);
    const S* from = reinterpret_cast<const S*>(job.src + (row < 0 ? 0 : row) * job.srcStride);
    std::uint32_t word[3] = {};
#pragma unroll
    for (int pixel = 0; pixel < T::sourceWords * T::samples / P; pixel++) {
      const int column = borderIndex(r.x + group * T::together + pixel, job.srcWidth, job.border);
#pragma unroll
      for (int channel = 0; channel < P; channel++) {
        const std::uint32_t sample = row < 0 || column < 0 ? fill : from[column * P + channel];
        word[(pixel * P + channel) / T::samples] |= sample << ((pixel * P + channel) % T::samples * bits);
      }
    }
    *reinterpret_cast<uint4*>(words + line * T::pitch + group * 4) = spread<S, P>(word, shift, mask, flip);
  }
}

/// Binary places of coordinates within the stage: those of 1/65536 px and the four of a chord's sixteenths.
constexpr int stagePlaces = 20;

/// A chord with its start relative to the stage and the half that rounds its sixteenths, so that one multiplication leads to a
/// pixel: 16 first + delta * lane + 8, where lanes.hpp has first + (delta * lane + 8 >> 4).
template <int N>
__device__ inline int4 onStage(const int4& chord, const Rectangle& r) {
  constexpr int reach = N / 2 - 1;
  return {(chord.x - ((r.x + reach) << 16)) * 16 + 8, chord.y, (chord.z - ((r.y + reach) << 16)) * 16 + 8, chord.w};
}

}  // namespace
}  // namespace gimbal::warping
