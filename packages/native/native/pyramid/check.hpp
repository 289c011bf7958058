#pragma once
#include <stdexcept>
#include <string>

#include "../plane/plane.hpp"

namespace gimbal::pyramid {

/// @throws std::invalid_argument unless the destination has half the size, rounded up.
inline void checkHalves(const Plane<const float>& src, const Plane<float>& dst) {
  if (src.width >= 1 && src.height >= 1 && dst.width == (src.width + 1) / 2 && dst.height == (src.height + 1) / 2) return;
  throw std::invalid_argument("pyramidDown halves, rounding up: " + std::to_string(src.width) + "x" + std::to_string(src.height) +
                              " cannot become " + std::to_string(dst.width) + "x" + std::to_string(dst.height));
}

}  // namespace gimbal::pyramid
