#pragma once
#include <immintrin.h>

#include "lanes.hpp"

namespace gimbal::warping {
namespace {

/// Eight pixels at a time.
struct Avx2Lanes {
  using V = __m256i;
  /// No steady blocks: every block asks for itself.
  template <class S, int P, int N>
  static constexpr int longestSteady = 0;
  static constexpr int lanes = 8;

  static V set(std::int32_t x) { return _mm256_set1_epi32(x); }
  static V iota(int lane0) { return _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), set(lane0)); }
  static V load(const std::int32_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static V add(V a, V b) { return _mm256_add_epi32(a, b); }
  static V sub(V a, V b) { return _mm256_sub_epi32(a, b); }
  static V mul(V a, V b) { return _mm256_mullo_epi32(a, b); }
  static V bitAnd(V a, V b) { return _mm256_and_si256(a, b); }
  static V bitOr(V a, V b) { return _mm256_or_si256(a, b); }
  static V bitXor(V a, V b) { return _mm256_xor_si256(a, b); }
  static V least(V a, V b) { return _mm256_min_epi32(a, b); }
  static V most(V a, V b) { return _mm256_max_epi32(a, b); }
  template <int n>
  static V sra(V a) {
    return _mm256_srai_epi32(a, n);
  }
  template <int n>
  static V srl(V a) {
    return _mm256_srli_epi32(a, n);
  }
  template <int n>
  static V sll(V a) {
    return _mm256_slli_epi32(a, n);
  }
  static V sraBy(V a, int n) { return _mm256_sra_epi32(a, _mm_cvtsi32_si128(n)); }
  static V sllBy(V a, int n) { return _mm256_sll_epi32(a, _mm_cvtsi32_si128(n)); }
  static V srl16(V a, int n) { return _mm256_srl_epi16(a, _mm_cvtsi32_si128(n)); }
  static V madd(V a, V b) { return _mm256_madd_epi16(a, b); }
  static V halves(V a, V b, int down) { return _mm256_blend_epi16(sraBy(a, down), sllBy(b, 16 - down), 0xaa); }
  static V lowHalves(V a, V b) { return _mm256_blend_epi16(a, sll<16>(b), 0xaa); }
  static V highHalves(V a, V b) { return _mm256_blend_epi16(srl<16>(a), b, 0xaa); }
  template <int first, int second>
  static V bytes(V a) {
    constexpr int f = first;
    constexpr int s = second;
    const __m128i order = _mm_setr_epi8(f, -1, s, -1, f + 4, -1, s + 4, -1, f + 8, -1, s + 8, -1, f + 12, -1, s + 12, -1);
    return _mm256_shuffle_epi8(a, _mm256_broadcastsi128_si256(order));
  }
  static V bytes01(V a) { return bytes<0, 1>(a); }
  static V bytes23(V a) { return bytes<2, 3>(a); }
  static V bytes02(V a) { return bytes<0, 2>(a); }
  static V bytes13(V a) { return bytes<1, 3>(a); }
  static V gather(const unsigned char* base, V offset) { return _mm256_i32gather_epi32(reinterpret_cast<const int*>(base), offset, 1); }
  static void prefetch(const unsigned char* address) { _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T0); }
  static void store(V value, std::uint8_t* out) {
    const V words = _mm256_packus_epi32(value, value);
    const V packed = _mm256_packus_epi16(words, words);
    const __m128i joined = _mm_unpacklo_epi32(_mm256_castsi256_si128(packed), _mm256_extracti128_si256(packed, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), joined);
  }
  static void store(V value, std::uint16_t* out) {
    const V packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(value, value), 0x08);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(packed));
  }
  static void store(V value, std::int32_t* out) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), value); }

  template <class S, int P, int N>
  static constexpr int slack() {
    return GatherFetch<Avx2Lanes, S, P, N>::slack;
  }

  template <class S, int P, int N, class Coordinates>
  GIMBAL_INLINE static void block(const Job& job, const Box& box, const Coordinates& at, S* out) {
    for (int lane = 0; lane < 16; lane += lanes) {
      const V x = at.template xs<Avx2Lanes>(lane);
      const V y = at.template ys<Avx2Lanes>(lane);
      laneKernel<Avx2Lanes, S, P, N>(job, x, y, GatherFetch<Avx2Lanes, S, P, N>(job, box, x, y), out + lane * P);
    }
  }
};

}  // namespace
}  // namespace gimbal::warping
