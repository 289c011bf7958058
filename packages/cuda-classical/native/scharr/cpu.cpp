#include "scharr.hpp"

#include <isa/isa.hpp>
#include <stdexcept>

#include "../simd/plain8.hpp"
#include "kernel.hpp"

namespace gimbal {

void scharrAvx2(Plane<const float> src, Plane<float> dx, Plane<float> dy);

void scharr(Plane<const float> src, Plane<float> dx, Plane<float> dy) {
  if (src.width < 1 || src.height < 1 || dx.width != src.width || dx.height != src.height || dy.width != src.width ||
      dy.height != src.height) {
    throw std::invalid_argument("scharr: source and both gradients must have the same size of at least 1x1");
  }
#if defined(GIMBAL_X86)
  if (activeIsa() >= Isa::avx2) return scharrAvx2(src, dx, dy);
#endif
  scharrPlane(src, dx, dy);
}

}  // namespace gimbal
