#pragma once
#include "homography.hpp"

// The maps of homography.hpp on the device, operation for operation, but that lengths are compared squared.
namespace gimbal::device {

__device__ inline Mat3 identity() { return Mat3{1, 0, 0, 0, 1, 0, 0, 0, 1}; }

__device__ inline Point apply(const Mat3& h, double x, double y) {
  const double w = 1.0 / (h[6] * x + h[7] * y + h[8]);
  return Point{(h[0] * x + h[1] * y + h[2]) * w, (h[3] * x + h[4] * y + h[5]) * w};
}

__device__ inline Mat3 multiply(const Mat3& a, const Mat3& b) {
  Mat3 out;
#pragma unroll
  for (int r = 0; r < 3; r++) {
#pragma unroll
    for (int c = 0; c < 3; c++) out[r * 3 + c] = a[r * 3] * b[c] + a[r * 3 + 1] * b[3 + c] + a[r * 3 + 2] * b[6 + c];
  }
  return out;
}

__device__ inline Mat3 normalized(const Mat3& h) {
  Mat3 out;
#pragma unroll
  for (int i = 0; i < 9; i++) out[i] = h[i] / h[8];
  out[8] = 1;
  return out;
}

__device__ inline bool finite(const Mat3& h) {
  bool all = true;
#pragma unroll
  for (int i = 0; i < 9; i++) all = all && isfinite(h[i]);
  return all;
}

__device__ inline double cross(const Point& a, const Point& b, const Point& c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/// See plausible in ransac.hpp.
__device__ inline bool plausible(const Mat3& h, int width, int height) {
  Point to[4];
#pragma unroll
  for (int k = 0; k < 4; k++) {
    const double x = k == 1 || k == 2 ? width - 1.0 : 0.0, y = k >= 2 ? height - 1.0 : 0.0;
    const double w = (h[6] * x + h[7] * y + h[8]) / h[8];
    if (!(w > 0.5 && w < 2)) return false;
    to[k] = apply(h, x, y);
    if (!isfinite(to[k].x) || !isfinite(to[k].y)) return false;
  }
#pragma unroll
  for (int k = 0; k < 4; k++) {
    const int next = (k + 1) % 4;
    if (!(cross(to[k], to[next], to[(k + 2) % 4]) >= 0)) return false;
    const double before = k % 2 == 0 ? width - 1.0 : height - 1.0, dx = to[next].x - to[k].x, dy = to[next].y - to[k].y;
    const double stretch = dx * dx + dy * dy;  // squared
    if (before > 0 && !(stretch > 0.25 * before * before && stretch < 4 * before * before)) return false;
  }
  return true;
}

/// Gaussian elimination with partial pivoting on eight unknowns, as solveLinear does it.
__device__ inline bool solveEight(double* a, double* b) {
  constexpr int n = 8;
  for (int col = 0; col < n; col++) {
    int pivot = col;
    for (int r = col + 1; r < n; r++) {
      if (fabs(a[r * n + col]) > fabs(a[pivot * n + col])) pivot = r;
    }
    if (fabs(a[pivot * n + col]) < 1e-12) return false;
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

__device__ inline bool homographyFromFour(const Point* from, const Point* to, Mat3& out) {
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
  if (!solveEight(a, b)) return false;
  for (int k = 0; k < 8; k++) {
    if (!isfinite(b[k])) return false;
    out[k] = b[k];
  }
  out[8] = 1;
  return true;
}

__device__ inline bool similarityFromTwo(const Point* from, const Point* to, Mat3& out) {
  const double dx = from[1].x - from[0].x, dy = from[1].y - from[0].y;
  const double du = to[1].x - to[0].x, dv = to[1].y - to[0].y;
  const double norm = dx * dx + dy * dy;
  if (norm < 1e-9) return false;
  const double c = (dx * du + dy * dv) / norm;
  const double s = (dx * dv - dy * du) / norm;
  out = Mat3{c, -s, to[0].x - c * from[0].x + s * from[0].y, s, c, to[0].y - s * from[0].x - c * from[0].y, 0, 0, 1};
  return true;
}

}  // namespace gimbal::device
