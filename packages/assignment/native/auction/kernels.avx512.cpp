#include <immintrin.h>

#include "loops.hpp"

namespace gimbal::assignment {
namespace {

void distances(const std::uint32_t* points, int stride, int count, const std::uint32_t* point, int pairs, std::int32_t* out) {
  int j = 0;
  for (; j + 64 <= count; j += 64) {
    __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    for (int k = 0; k < pairs; k++) {
      const std::uint32_t* at = points + static_cast<std::ptrdiff_t>(k) * stride + j;
      const __m512i p = _mm512_set1_epi32(static_cast<int>(point[k]));
      for (int l = 0; l < 4; l++) {
        const __m512i a = _mm512_sub_epi16(_mm512_loadu_si512(at + 16 * l), p);
        sum[l] = _mm512_add_epi32(sum[l], _mm512_madd_epi16(a, a));
      }
    }
    for (int l = 0; l < 4; l++) _mm512_storeu_si512(out + j + 16 * l, sum[l]);
  }
  for (; j < count; j += 16) {
    __m512i sum = _mm512_setzero_si512();
    for (int k = 0; k < pairs; k++) {
      const __m512i p = _mm512_set1_epi32(static_cast<int>(point[k]));
      const __m512i a = _mm512_sub_epi16(_mm512_loadu_si512(points + static_cast<std::ptrdiff_t>(k) * stride + j), p);
      sum = _mm512_add_epi32(sum, _mm512_madd_epi16(a, a));
    }
    _mm512_storeu_si512(out + j, sum);
  }
}

int collect(const std::int64_t* values, int count, std::int64_t limit, int most, std::int32_t* out) {
  const __m512i bound = _mm512_set1_epi64(limit);
  const __m256i steps = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  int found = 0;
  for (int j = 0; j < count; j += 8) {
    const __mmask8 within = count - j >= 8 ? 0xff : static_cast<__mmask8>((1 << (count - j)) - 1);
    const __m512i v = _mm512_maskz_loadu_epi64(within, values + j);
    const __mmask8 hit = _mm512_mask_cmple_epi64_mask(within, v, bound);
    if (hit == 0) continue;
    const int more = _mm_popcnt_u32(hit);
    if (found + more > most) {
      for (int l = 0; l < 8 && found < most; l++) {
        if ((hit >> l) & 1) out[found++] = j + l;
      }
      return most + 1;
    }
    _mm256_mask_compressstoreu_epi32(out + found, hit, _mm256_add_epi32(_mm256_set1_epi32(j), steps));
    found += more;
  }
  return found;
}

int within(const std::int64_t* values, std::int64_t price, const std::int64_t* limits, int count, std::int32_t* out) {
  const __m512i more = _mm512_set1_epi64(price);
  const __m256i steps = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  int found = 0;
  for (int i = 0; i < count; i += 8) {
    const __mmask8 inside = count - i >= 8 ? 0xff : static_cast<__mmask8>((1 << (count - i)) - 1);
    const __m512i v = _mm512_add_epi64(_mm512_maskz_loadu_epi64(inside, values + i), more);
    const __mmask8 hit = _mm512_mask_cmple_epi64_mask(inside, v, _mm512_maskz_loadu_epi64(inside, limits + i));
    if (hit == 0) continue;
    _mm256_mask_compressstoreu_epi32(out + found, hit, _mm256_add_epi32(_mm256_set1_epi32(i), steps));
    found += _mm_popcnt_u32(hit);
  }
  return found;
}

}  // namespace

const Kernels& kernelsAvx512() {
  static const Kernels table{distances, values, collect, within};
  return table;
}

}  // namespace gimbal::assignment
