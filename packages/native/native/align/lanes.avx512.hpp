#pragma once
#include <immintrin.h>

#include <cstdint>

namespace gimbal::alignment {
namespace {

/// One register of sixteen; the twin of PlainLanes.
struct Avx512Lanes {
  using V = __m512;
  using I = __m512i;

  static V set(float x) { return _mm512_set1_ps(x); }
  static V load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(V x, float* p) { _mm512_storeu_ps(p, x); }
  static V add(V x, V y) { return _mm512_add_ps(x, y); }
  static V sub(V x, V y) { return _mm512_sub_ps(x, y); }
  static V mul(V x, V y) { return _mm512_mul_ps(x, y); }
  static V div(V x, V y) { return _mm512_div_ps(x, y); }
  static V least(V x, V y) { return _mm512_min_ps(x, y); }
  static V most(V x, V y) { return _mm512_max_ps(x, y); }
  static V where(V x, V y, V yes, V no) { return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, y, _CMP_GE_OQ), no, yes); }
  static I truncate(V x) { return _mm512_cvttps_epi32(x); }
  static V toFloat(I x) { return _mm512_cvtepi32_ps(x); }
  static I index(I x, I y, std::int32_t stride) { return _mm512_add_epi32(x, _mm512_mullo_epi32(y, _mm512_set1_epi32(stride))); }
  static V gather(const float* base, I at) { return _mm512_i32gather_ps(at, base, 4); }
};

}  // namespace
}  // namespace gimbal::alignment
