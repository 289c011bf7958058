#include "kernels.hpp"

#include <isa/isa.hpp>

#include "loops.hpp"

namespace gimbal::assignment {
namespace {

void distances(const std::uint32_t* points, int stride, int count, const std::uint32_t* point, int pairs, std::int32_t* out) {
  for (int j = 0; j < count; j++) out[j] = 0;
  for (int k = 0; k < pairs; k++) {
    const std::uint32_t* at = points + static_cast<std::ptrdiff_t>(k) * stride;
    const int p = static_cast<std::int16_t>(point[k]);
    const int q = static_cast<std::int16_t>(point[k] >> 16);
    for (int j = 0; j < count; j++) {
      const int a = static_cast<std::int16_t>(at[j]) - p;
      const int b = static_cast<std::int16_t>(at[j] >> 16) - q;
      out[j] += a * a + b * b;
    }
  }
}

}  // namespace

const Kernels& kernels() {
#if defined(GIMBAL_X86)
  if (activeIsa() >= Isa::avx512) return kernelsAvx512();
  if (activeIsa() >= Isa::avx2) return kernelsAvx2();
#endif
  static const Kernels table{distances, values, collectPlain, withinPlain};
  return table;
}

}  // namespace gimbal::assignment
