#pragma once
#include "../plane/plane.hpp"

namespace gimbal {

/// One step of a Gaussian pyramid: the separable kernel [1 4 6 4 1]/16, mirrored without repeating the edge (OpenCV's
/// BORDER_REFLECT_101), every second sample. dst is ((w+1)/2, (h+1)/2); std::invalid_argument otherwise.
void pyramidDown(Plane<const float> src, Plane<float> dst, int threads);

}  // namespace gimbal
