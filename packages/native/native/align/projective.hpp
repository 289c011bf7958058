#pragma once
#include <array>
#include <cmath>

// 3x3 maps and the small symmetric systems of align.
namespace gimbal::alignment {

using Mat3 = std::array<double, 9>;

inline Mat3 product(const Mat3& a, const Mat3& b) {
  Mat3 c{};
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) c[i * 3 + j] = a[i * 3] * b[j] + a[i * 3 + 1] * b[3 + j] + a[i * 3 + 2] * b[6 + j];
  }
  return c;
}

/// By the adjugate, up to scale.
inline Mat3 adjugate(const Mat3& h) {
  return {h[4] * h[8] - h[5] * h[7], h[2] * h[7] - h[1] * h[8], h[1] * h[5] - h[2] * h[4],
          h[5] * h[6] - h[3] * h[8], h[0] * h[8] - h[2] * h[6], h[2] * h[3] - h[0] * h[5],
          h[3] * h[7] - h[4] * h[6], h[1] * h[6] - h[0] * h[7], h[0] * h[4] - h[1] * h[3]};
}

inline Mat3 unitLast(const Mat3& h) {
  Mat3 out;
  for (int i = 0; i < 9; i++) out[i] = h[i] / h[8];
  out[8] = 1;
  return out;
}

inline double determinant(const Mat3& h) {
  return h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6]) + h[2] * (h[3] * h[7] - h[4] * h[6]);
}

/// Whether a map keeps a picture of this size on this side of the horizon, and does not mirror, fold or crush it.
inline bool proper(const Mat3& h, int width, int height) {
  for (const double value : h) {
    if (!std::isfinite(value)) return false;
  }
  if (!(std::abs(h[8]) > 0)) return false;
  const Mat3 m = unitLast(h);
  const double det = determinant(m);
  for (int k = 0; k < 4; k++) {
    const double depth = m[6] * (k % 2 ? width - 1 : 0) + m[7] * (k / 2 ? height - 1 : 0) + 1;
    // The area near a point grows by det / depth^3.
    if (!(depth > 0.05) || !(det / (depth * depth * depth) > 0.01) || !(det / (depth * depth * depth) < 100)) return false;
  }
  return true;
}

/// Inverse of a symmetric positive definite n x n matrix by Cholesky, n <= 9. False when it is not.
inline bool invertSymmetric(const double* a, double* out, int n) {
  double l[81] = {};
  for (int i = 0; i < n; i++) {
    for (int j = 0; j <= i; j++) {
      double s = a[i * n + j];
      for (int k = 0; k < j; k++) s -= l[i * n + k] * l[j * n + k];
      if (i == j) {
        if (!(s > 1e-13 * std::abs(a[i * n + i])) || !std::isfinite(s)) return false;
        l[i * n + i] = std::sqrt(s);
      } else {
        l[i * n + j] = s / l[j * n + j];
      }
    }
  }
  for (int c = 0; c < n; c++) {
    double y[9];
    for (int i = 0; i < n; i++) {
      double s = i == c ? 1.0 : 0.0;
      for (int k = 0; k < i; k++) s -= l[i * n + k] * y[k];
      y[i] = s / l[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      double s = y[i];
      for (int k = i + 1; k < n; k++) s -= l[k * n + i] * out[k * n + c];
      out[i * n + c] = s / l[i * n + i];
    }
  }
  return true;
}

}  // namespace gimbal::alignment
