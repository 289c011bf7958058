#include "homography.hpp"

#include <cmath>
#include <utility>

namespace gimbal {

Point apply(const Mat3& h, double x, double y) {
  const double w = 1.0 / (h[6] * x + h[7] * y + h[8]);
  return {(h[0] * x + h[1] * y + h[2]) * w, (h[3] * x + h[4] * y + h[5]) * w};
}

Mat3 multiply(const Mat3& a, const Mat3& b) {
  Mat3 out;
  for (int r = 0; r < 3; r++) {
    for (int c = 0; c < 3; c++) out[r * 3 + c] = a[r * 3] * b[c] + a[r * 3 + 1] * b[3 + c] + a[r * 3 + 2] * b[6 + c];
  }
  return out;
}

double determinant(const Mat3& h) {
  return h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6]) + h[2] * (h[3] * h[7] - h[4] * h[6]);
}

Mat3 normalized(const Mat3& h) {
  Mat3 out;
  for (int i = 0; i < 9; i++) out[i] = h[i] / h[8];
  out[8] = 1;
  return out;
}

Mat3 inverse(const Mat3& h) {
  return normalized({h[4] * h[8] - h[5] * h[7], h[2] * h[7] - h[1] * h[8], h[1] * h[5] - h[2] * h[4],
                     h[5] * h[6] - h[3] * h[8], h[0] * h[8] - h[2] * h[6], h[2] * h[3] - h[0] * h[5],
                     h[3] * h[7] - h[4] * h[6], h[1] * h[6] - h[0] * h[7], h[0] * h[4] - h[1] * h[3]});
}

bool solveLinear(double* a, double* b, int n) {
  for (int col = 0; col < n; col++) {
    int pivot = col;
    for (int r = col + 1; r < n; r++) {
      if (std::fabs(a[r * n + col]) > std::fabs(a[pivot * n + col])) pivot = r;
    }
    if (std::fabs(a[pivot * n + col]) < 1e-12) return false;
    if (pivot != col) {
      for (int c = col; c < n; c++) std::swap(a[pivot * n + c], a[col * n + c]);
      std::swap(b[pivot], b[col]);
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

bool invertSymmetric(const double* a, double* out, int n) {
  double l[64] = {};
  for (int i = 0; i < n; i++) {
    for (int j = 0; j <= i; j++) {
      double s = a[i * n + j];
      for (int k = 0; k < j; k++) s -= l[i * n + k] * l[j * n + k];
      if (i == j) {
        if (!(s > 1e-14 * std::fabs(a[i * n + i])) || !std::isfinite(s)) return false;
        l[i * n + i] = std::sqrt(s);
      } else {
        l[i * n + j] = s / l[j * n + j];
      }
    }
  }
  for (int c = 0; c < n; c++) {
    double y[8];
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

bool homographyFromFour(const Point* from, const Point* to, Mat3& out) {
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

bool similarityFromTwo(const Point* from, const Point* to, Mat3& out) {
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
