#pragma once
#include <immintrin.h>

/// Eight floats in one AVX register: the fast twin of plain8.hpp. Included only by files built for AVX2.
namespace {

using Float8 = __m256;

inline Float8 load8(const float* p) { return _mm256_loadu_ps(p); }
inline void store8(float* p, Float8 a) { _mm256_storeu_ps(p, a); }
inline Float8 set8(float s) { return _mm256_set1_ps(s); }
inline Float8 add8(Float8 a, Float8 b) { return _mm256_add_ps(a, b); }
inline Float8 sub8(Float8 a, Float8 b) { return _mm256_sub_ps(a, b); }
inline Float8 mul8(Float8 a, Float8 b) { return _mm256_mul_ps(a, b); }
/// a·b + c, rounded twice: the plain path then gives the same bits, and processors with separate adders lose nothing.
inline Float8 mulAdd8(Float8 a, Float8 b, Float8 c) { return _mm256_add_ps(_mm256_mul_ps(a, b), c); }
inline Float8 sqrt8(Float8 a) { return _mm256_sqrt_ps(a); }
inline float sum8(Float8 a) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
}

}  // namespace
