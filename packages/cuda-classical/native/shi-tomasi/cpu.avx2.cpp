#include "../simd/avx8.hpp"
#include "kernel.hpp"

namespace gimbal {

void cornerStrengthAvx2(Plane<const float> dx, Plane<const float> dy, Plane<float> strength, float* columns) {
  cornerStrengthPlane(dx, dy, strength, columns);
}

}  // namespace gimbal
