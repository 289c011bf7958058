#pragma once
#include "../homography/homography.hpp"

namespace gimbal {

/// Twice the signed area of the triangle a, b, c.
GIMBAL_HOST_DEVICE inline double cross(const Point &a, const Point &b, const Point &c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/// What any honest camera motion between two frames keeps: orientation, no
/// horizon in the frame, area and side lengths within a factor of two.
GIMBAL_HOST_DEVICE inline bool plausible(const Mat3 &h, int width, int height) {
  Point to[4];
  for (int k = 0; k < 4; k++) {
    const double x = k == 1 || k == 2 ? width - 1.0 : 0.0, y = k >= 2 ? height - 1.0 : 0.0;
    const double w = (h[6] * x + h[7] * y + h[8]) / h[8];
    if (!(w > 0.5 && w < 2)) return false;
    to[k] = apply(h, x, y);
    if (!std::isfinite(to[k].x) || !std::isfinite(to[k].y)) return false;
  }
  for (int k = 0; k < 4; k++) {
    const int next = (k + 1) % 4;
    if (!(cross(to[k], to[next], to[(k + 2) % 4]) >= 0)) return false;
    const double before = k % 2 == 0 ? width - 1.0 : height - 1.0, dx = to[next].x - to[k].x, dy = to[next].y - to[k].y;
    const double stretch = dx * dx + dy * dy;  // squared
    if (before > 0 && !(stretch > 0.25 * before * before && stretch < 4 * before * before)) return false;
  }
  return true;
}

}  // namespace gimbal
