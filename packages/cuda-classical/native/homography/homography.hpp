#pragma once
#include <projective/mat3.hpp>
#include <projective/solve.hpp>

namespace gimbal {

/// The exact homography through four point pairs (8×8 elimination with pivots).
/// False when they are degenerate.
GIMBAL_HOST_DEVICE inline bool homographyFromFour(const Point *from, const Point *to, Mat3 &out) {
  double a[64];
  double b[8];
  for (int i = 0; i < 4; i++) {
    const double x = from[i].x, y = from[i].y, u = to[i].x, v = to[i].y;
    const double rowU[8] = {x, y, 1, 0, 0, 0, -u * x, -u * y};
    const double rowV[8] = {0, 0, 0, x, y, 1, -v * x, -v * y};
    for (int k = 0; k < 8; k++) {
      a[2 * i * 8 + k] = rowU[k];
      a[(2 * i + 1) * 8 + k] = rowV[k];
    }
    b[2 * i] = u;
    b[2 * i + 1] = v;
  }
  if (!solveLinear(a, b, 8)) return false;
  for (int k = 0; k < 8; k++) {
    if (!std::isfinite(b[k])) return false;
    out[k] = b[k];
  }
  out[8] = 1;
  return true;
}

/// The exact similarity through two point pairs. False when the points
/// coincide.
GIMBAL_HOST_DEVICE inline bool similarityFromTwo(const Point *from, const Point *to, Mat3 &out) {
  const double dx = from[1].x - from[0].x, dy = from[1].y - from[0].y;
  const double du = to[1].x - to[0].x, dv = to[1].y - to[0].y;
  const double norm = dx * dx + dy * dy;
  if (norm < 1e-9) return false;
  const double c = (dx * du + dy * dv) / norm;
  const double s = (dx * dv - dy * du) / norm;
  out = {c, -s, to[0].x - c * from[0].x + s * from[0].y, s, c, to[0].y - s * from[0].x - c * from[0].y, 0, 0, 1};
  return true;
}

}  // namespace gimbal
