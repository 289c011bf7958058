#pragma once
#include <array>
#include <cmath>

#include "../plane/host-device.hpp"

namespace gimbal {

/// A 3x3 projective map, row-major, acting on column vectors (x, y, 1).
using Mat3 = std::array<double, 9>;

struct Point {
  double x = 0;
  double y = 0;
};

constexpr Mat3 kIdentity = {1, 0, 0, 0, 1, 0, 0, 0, 1};

GIMBAL_HOST_DEVICE inline Point apply(const Mat3 &h, double x, double y) {
  const double w = 1.0 / (h[6] * x + h[7] * y + h[8]);
  return {(h[0] * x + h[1] * y + h[2]) * w, (h[3] * x + h[4] * y + h[5]) * w};
}

/// a · b: first b, then a.
GIMBAL_HOST_DEVICE inline Mat3 multiply(const Mat3 &a, const Mat3 &b) {
  Mat3 out{};
  for (int r = 0; r < 3; r++) {
    for (int c = 0; c < 3; c++) out[r * 3 + c] = a[r * 3] * b[c] + a[r * 3 + 1] * b[3 + c] + a[r * 3 + 2] * b[6 + c];
  }
  return out;
}

GIMBAL_HOST_DEVICE inline double determinant(const Mat3 &h) {
  return h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6]) + h[2] * (h[3] * h[7] - h[4] * h[6]);
}

/// The inverse times the determinant: the inverse of the map, up to scale.
GIMBAL_HOST_DEVICE inline Mat3 adjugate(const Mat3 &h) {
  return {h[4] * h[8] - h[5] * h[7], h[2] * h[7] - h[1] * h[8], h[1] * h[5] - h[2] * h[4],
          h[5] * h[6] - h[3] * h[8], h[0] * h[8] - h[2] * h[6], h[2] * h[3] - h[0] * h[5],
          h[3] * h[7] - h[4] * h[6], h[1] * h[6] - h[0] * h[7], h[0] * h[4] - h[1] * h[3]};
}

/// The same map with h[8] = 1.
GIMBAL_HOST_DEVICE inline Mat3 normalized(const Mat3 &h) {
  Mat3 out{};
  for (int i = 0; i < 9; i++) out[i] = h[i] / h[8];
  out[8] = 1;
  return out;
}

/// Normalized; the caller knows that the determinant is not zero.
GIMBAL_HOST_DEVICE inline Mat3 inverse(const Mat3 &h) { return normalized(adjugate(h)); }

GIMBAL_HOST_DEVICE inline bool finite(const Mat3 &h) {
  for (int i = 0; i < 9; i++) {
    if (!std::isfinite(h[i])) return false;
  }
  return true;
}

}  // namespace gimbal
