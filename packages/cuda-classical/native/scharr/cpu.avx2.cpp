#include "../simd/avx8.hpp"
#include "kernel.hpp"

namespace gimbal {

void scharrAvx2(Plane<const float> src, Plane<float> dx, Plane<float> dy) { scharrPlane(src, dx, dy); }

}  // namespace gimbal
