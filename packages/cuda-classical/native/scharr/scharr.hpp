#pragma once
#include <plane/plane.hpp>

namespace gimbal {

/// Scharr gradients divided by 32, so that a ramp of one grey level per pixel answers 1: dx with the kernel
/// [3 10 3]ᵀ·[−1 0 1]/32, dy with its transpose. Outside the plane the edge sample is repeated.
/// All three planes have the same size; std::invalid_argument otherwise.
/// H. Scharr, Optimale Operatoren in der Digitalen Bildverarbeitung, 2000.
void scharr(Plane<const float> src, Plane<float> dx, Plane<float> dy);

}  // namespace gimbal
