#pragma once
#include <immintrin.h>

#include <cstdint>

namespace gimbal::alignment {
namespace {

/// Two registers of eight; the twin of PlainLanes.
struct Avx2Lanes {
  struct V {
    __m256 a, b;
  };
  struct I {
    __m256i a, b;
  };

  static V set(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
  static V load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
  static void store(V x, float* p) {
    _mm256_storeu_ps(p, x.a);
    _mm256_storeu_ps(p + 8, x.b);
  }
  static V add(V x, V y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
  static V sub(V x, V y) { return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
  static V mul(V x, V y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
  static V div(V x, V y) { return {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
  static V least(V x, V y) { return {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
  static V most(V x, V y) { return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
  static V where(V x, V y, V yes, V no) {
    return {_mm256_blendv_ps(no.a, yes.a, _mm256_cmp_ps(x.a, y.a, _CMP_GE_OQ)),
            _mm256_blendv_ps(no.b, yes.b, _mm256_cmp_ps(x.b, y.b, _CMP_GE_OQ))};
  }
  static I truncate(V x) { return {_mm256_cvttps_epi32(x.a), _mm256_cvttps_epi32(x.b)}; }
  static V toFloat(I x) { return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }
  static I index(I x, I y, std::int32_t stride) {
    const __m256i s = _mm256_set1_epi32(stride);
    return {_mm256_add_epi32(x.a, _mm256_mullo_epi32(y.a, s)), _mm256_add_epi32(x.b, _mm256_mullo_epi32(y.b, s))};
  }
  static V gather(const float* base, I at) { return {_mm256_i32gather_ps(base, at.a, 4), _mm256_i32gather_ps(base, at.b, 4)}; }
};

}  // namespace
}  // namespace gimbal::alignment
