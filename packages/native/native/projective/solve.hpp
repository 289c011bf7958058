#pragma once
#include <cmath>

#include "../plane/host-device.hpp"

// Small dense systems of the motion estimators.
namespace gimbal {

/// Solves A x = b in place by Gaussian elimination with partial pivoting; A is
/// n×n row-major. False when singular.
GIMBAL_HOST_DEVICE inline bool solveLinear(double *a, double *b, int n) {
  for (int col = 0; col < n; col++) {
    int pivot = col;
    for (int r = col + 1; r < n; r++) {
      if (std::fabs(a[r * n + col]) > std::fabs(a[pivot * n + col])) pivot = r;
    }
    if (std::fabs(a[pivot * n + col]) < 1e-12) return false;
    if (pivot != col) {
      for (int c = col; c < n; c++) {
        const double t = a[pivot * n + c];
        a[pivot * n + c] = a[col * n + c];
        a[col * n + c] = t;
      }
      const double t = b[pivot];
      b[pivot] = b[col];
      b[col] = t;
    }
    const double inv = 1.0 / a[col * n + col];
    for (int r = col + 1; r < n; r++) {
      const double f = a[r * n + col] * inv;
      if (f == 0) continue;
      for (int c = col; c < n; c++) a[r * n + c] -= f * a[col * n + c];
      b[r] -= f * b[col];
    }
  }
  for (int r = n - 1; r >= 0; r--) {
    double s = b[r];
    for (int c = r + 1; c < n; c++) s -= a[r * n + c] * b[c];
    b[r] = s / a[r * n + r];
  }
  return true;
}

/// Inverse of a symmetric positive definite n×n matrix by Cholesky, n <= 9.
/// False when it is not, to within `least` of its diagonal.
inline bool invertSymmetric(const double *a, double *out, int n, double least) {
  double l[81] = {};
  for (int i = 0; i < n; i++) {
    for (int j = 0; j <= i; j++) {
      double s = a[i * n + j];
      for (int k = 0; k < j; k++) s -= l[i * n + k] * l[j * n + k];
      if (i == j) {
        if (!(s > least * std::fabs(a[i * n + i])) || !std::isfinite(s)) return false;
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

}  // namespace gimbal
