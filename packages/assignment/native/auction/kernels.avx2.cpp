#include <immintrin.h>

#include "loops.hpp"

namespace gimbal::assignment {
namespace {

void distances(const std::uint32_t* points, int stride, int count, const std::uint32_t* point, int pairs, std::int32_t* out) {
  for (int j = 0; j < count; j += 16) {
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    for (int k = 0; k < pairs; k++) {
      const std::uint32_t* at = points + static_cast<std::ptrdiff_t>(k) * stride + j;
      const __m256i p = _mm256_set1_epi32(static_cast<int>(point[k]));
      const __m256i a = _mm256_sub_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)), p);
      const __m256i b = _mm256_sub_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 8)), p);
      low = _mm256_add_epi32(low, _mm256_madd_epi16(a, a));
      high = _mm256_add_epi32(high, _mm256_madd_epi16(b, b));
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + j), low);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + j + 8), high);
  }
}

}  // namespace

const Kernels& kernelsAvx2() {
  static const Kernels table{distances, values, collectPlain, withinPlain};
  return table;
}

}  // namespace gimbal::assignment
