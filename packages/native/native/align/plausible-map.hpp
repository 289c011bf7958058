#pragma once
#include "../projective/mat3.hpp"

namespace gimbal::alignment {

/// Whether a map keeps a picture of this size on this side of the horizon, and
/// does not mirror, fold or crush it.
inline bool proper(const Mat3 &h, int width, int height) {
  if (!finite(h) || !(std::abs(h[8]) > 0)) return false;
  const Mat3 m = normalized(h);
  const double det = determinant(m);
  for (int k = 0; k < 4; k++) {
    const double depth = m[6] * (k % 2 ? width - 1 : 0) + m[7] * (k / 2 ? height - 1 : 0) + 1;
    // The area near a point grows by det / depth^3.
    if (!(depth > 0.05) || !(det / (depth * depth * depth) > 0.01) || !(det / (depth * depth * depth) < 100)) return false;
  }
  return true;
}

}  // namespace gimbal::alignment
