#pragma once
#include <immintrin.h>

#include "edge.hpp"
#include "lanes.hpp"
#include "row-map.hpp"

namespace gimbal::warping {
namespace {

/// Sixteen pixels at a time.
struct Avx512Lanes {
  using V = __m512i;
  static constexpr int lanes = 16;

  static V set(std::int32_t x) { return _mm512_set1_epi32(x); }
  static V iota(int lane0) {
    return _mm512_add_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), set(lane0));
  }
  static V load(const std::int32_t* p) { return _mm512_loadu_si512(p); }
  static V add(V a, V b) { return _mm512_add_epi32(a, b); }
  static V sub(V a, V b) { return _mm512_sub_epi32(a, b); }
  static V mul(V a, V b) { return _mm512_mullo_epi32(a, b); }
  static V bitAnd(V a, V b) { return _mm512_and_si512(a, b); }
  static V bitOr(V a, V b) { return _mm512_or_si512(a, b); }
  static V bitXor(V a, V b) { return _mm512_xor_si512(a, b); }
  static V least(V a, V b) { return _mm512_min_epi32(a, b); }
  static V most(V a, V b) { return _mm512_max_epi32(a, b); }
  template <int n>
  static V sra(V a) {
    return _mm512_srai_epi32(a, n);
  }
  template <int n>
  static V srl(V a) {
    return _mm512_srli_epi32(a, n);
  }
  template <int n>
  static V sll(V a) {
    return _mm512_slli_epi32(a, n);
  }
  static V sraBy(V a, int n) { return _mm512_sra_epi32(a, _mm_cvtsi32_si128(n)); }
  static V sllBy(V a, int n) { return _mm512_sll_epi32(a, _mm_cvtsi32_si128(n)); }
  static V srl16(V a, int n) { return _mm512_srl_epi16(a, _mm_cvtsi32_si128(n)); }
  static V madd(V a, V b) { return _mm512_madd_epi16(a, b); }
  static V odd(V even, V odd) { return _mm512_mask_blend_epi16(0xaaaaaaaau, even, odd); }
  static V halves(V a, V b, int down) { return odd(sraBy(a, down), sllBy(b, 16 - down)); }
  static V lowHalves(V a, V b) { return odd(a, sll<16>(b)); }
  static V highHalves(V a, V b) { return odd(srl<16>(a), b); }
  template <int first, int second>
  static V bytes(V a) {
    constexpr int f = first;
    constexpr int s = second;
    const __m128i order = _mm_setr_epi8(f, -1, s, -1, f + 4, -1, s + 4, -1, f + 8, -1, s + 8, -1, f + 12, -1, s + 12, -1);
    return _mm512_shuffle_epi8(a, _mm512_broadcast_i32x4(order));
  }
  static V bytes01(V a) { return bytes<0, 1>(a); }
  static V bytes23(V a) { return bytes<2, 3>(a); }
  static V bytes02(V a) { return bytes<0, 2>(a); }
  static V bytes13(V a) { return bytes<1, 3>(a); }
  static V gather(const unsigned char* base, V offset) { return _mm512_i32gather_epi32(offset, base, 1); }
  static void prefetch(const unsigned char* address) { _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T0); }
  static void store(V value, std::uint8_t* out) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm512_cvtepi32_epi8(value));
  }
  static void store(V value, std::uint16_t* out) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_cvtepi32_epi16(value));
  }
  static void store(V value, std::int32_t* out) { _mm512_storeu_si512(out, value); }

  template <class S, int P, int N>
  static constexpr int slack() {
    return 0;
  }

  /// A block that lies within two rows and 64 bytes of the source (any steady camera's) reads its samples out of registers: row
  /// j of the taps is permuted out of the two rows that pixels of the block call their j-th. Masked loads end with the row.
  template <class S, int P, int N>
  struct RowsFetch {
    static constexpr int samples = 64 / sizeof(S);
    V row[N + 1];
    V index;

    static bool fits(const Box& box) {
      return box.bottom - box.top <= 1 && (box.right - box.left + N) * P <= samples;
    }

    RowsFetch(const Job& job, const Box& box, V x, V y) {
      const int left = box.left - (N / 2 - 1);
      const unsigned char* at = job.src + (box.top - (N / 2 - 1)) * job.srcStride + left * static_cast<std::ptrdiff_t>(P * sizeof(S));
      const int count = (job.srcWidth - left) * P;
      const std::uint64_t mask = count * sizeof(S) >= 64 ? ~0ull : (1ull << (count * sizeof(S))) - 1;
      for (int j = 0; j < N; j++) row[j] = _mm512_maskz_loadu_epi8(mask, at + j * job.srcStride);
      row[N] = box.bottom > box.top ? _mm512_maskz_loadu_epi8(mask, at + N * job.srcStride) : row[N - 1];
      const V column = sub(sra<16>(x), set(box.left));
      const V line = sub(sra<16>(y), set(box.top));
      const V first = add(P == 1 ? column : sll<1>(column), mul(line, set(samples)));
      index = add(bitOr(first, sll<16>(first)), set(P << 16));
    }

    V pair(int j, int k, int channel) const {
      const V at = add(index, set((2 * k * P + channel) * 0x10001));
      if constexpr (sizeof(S) == 1) {
        return _mm512_maskz_permutex2var_epi8(0x5555555555555555ull, row[j], at, row[j + 1]);
      } else {
        return _mm512_permutex2var_epi16(row[j], at, row[j + 1]);
      }
    }
  };

  /// The longest chord, in whole pixels, whose samples surely fit a register that starts at any of them.
  template <class S, int P, int N>
  static constexpr int longestSteady = static_cast<int>(64 / (P * sizeof(S))) - N - 1;
  /// A register of samples must not be wider than the source.
  static constexpr int steadyBytes = 64;

  /// RowsFetch for a steady block, which has nothing to ask: `x` and `y` count from the registers' first sample.
  template <class S, int P, int N>
  struct SteadyFetch {
    V row[N + 1];
    V index;

    GIMBAL_INLINE SteadyFetch(const unsigned char* first, std::ptrdiff_t stride, V x, V y) {
      for (int j = 0; j <= N; j++) row[j] = _mm512_loadu_si512(first + j * stride);
      const V whole = set(static_cast<std::int32_t>(0xffff0000u));
      const V line = bitAnd(y, whole);
      const V high = add(P == 1 ? x : sll<1>(bitAnd(x, whole)), sizeof(S) == 1 ? sll<6>(line) : sll<5>(line));
      constexpr int andThenOr = 0xea;  // (high & whole) | (high >> 16)
      index = add(_mm512_ternarylogic_epi32(high, whole, srl<16>(high), andThenOr), set(P << 16));
    }

    GIMBAL_INLINE V pair(int j, int k, int channel) const {
      const V at = add(index, set((2 * k * P + channel) * 0x10001));
      if constexpr (sizeof(S) == 1) {
        return _mm512_maskz_permutex2var_epi8(0x5555555555555555ull, row[j], at, row[j + 1]);
      } else {
        return _mm512_permutex2var_epi16(row[j], at, row[j + 1]);
      }
    }
  };

  /// `count` steady blocks in a row, between the chord ends x[0], y[0] to x[count], y[count]. No question is asked in the loop, so
  /// that all constants stay in registers.
  template <class S, int P, int N>
  static void steady(const Job& shared, const std::int32_t* x, const std::int32_t* y, int count, int rowsAhead, S* out) {
    const Job job = shared;  // no store can change a copy
    constexpr int reach = N / 2 - 1;
    constexpr std::ptrdiff_t sampleBytes = P * sizeof(S);
    // Near the end of the rows the registers start further to the left.
    const int leftmost = job.srcWidth - steadyBytes / static_cast<int>(sampleBytes);
    for (int i = 0; i < count; i++, out += blockSize * P) {
      const int begin = ((x[i] < x[i + 1] ? x[i] : x[i + 1]) >> 16) - reach;
      const int left = begin < leftmost ? begin : leftmost;
      const int top = (y[i] < y[i + 1] ? y[i] : y[i + 1]) >> 16;
      const unsigned char* first = job.src + (top - reach) * job.srcStride + left * sampleBytes;
      prefetch(first + (reach + rowsAhead) * job.srcStride);
      const V xs = Chord{x[i] - ((left + reach) << 16), x[i + 1] - x[i], 0, 0}.xs<Avx512Lanes>(0);
      const V ys = Chord{0, 0, y[i] - (top << 16), y[i + 1] - y[i]}.ys<Avx512Lanes>(0);
      laneKernel<Avx512Lanes, S, P, N>(job, xs, ys, SteadyFetch<S, P, N>(first, job.srcStride, xs, ys), out);
    }
  }

  template <class S, int P, int N, class Coordinates>
  GIMBAL_INLINE static void block(const Job& job, const Box& box, const Coordinates& at, S* out) {
    const V x = at.template xs<Avx512Lanes>(0);
    const V y = at.template ys<Avx512Lanes>(0);
    if (RowsFetch<S, P, N>::fits(box)) {
      laneKernel<Avx512Lanes, S, P, N>(job, x, y, RowsFetch<S, P, N>(job, box, x, y), out);
    } else if (GatherFetch<Avx512Lanes, S, P, N>::slack == 0 || box.right + N / 2 + 2 < job.srcWidth) {
      laneKernel<Avx512Lanes, S, P, N>(job, x, y, GatherFetch<Avx512Lanes, S, P, N>(job, box, x, y), out);
    } else {
      alignas(64) std::int32_t xs[16];
      alignas(64) std::int32_t ys[16];
      store(x, xs);
      store(y, ys);
      for (int lane = 0; lane < 16; lane++) edgePixel<S>(job, P, xs[lane], ys[lane], out + lane * P);
    }
  }
};

}  // namespace
}  // namespace gimbal::warping
