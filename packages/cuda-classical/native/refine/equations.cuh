#pragma once
#include "../block-reduce/block-reduce.cuh"
#include "../block-reduce/solve.cuh"
#include "../homography/homography.hpp"

// Normal equations of a small motion about a map, in the parameters of refine: shift, turn, zoom, two of shear, two of perspective, as
// displacement in pixels at half the frame's diagonal from its centre.
namespace gimbal::device {

struct FrameScale {
  double cx, cy, radius;
};

__device__ inline FrameScale frameScale(int width, int height) {
  return {(width - 1) / 2.0, (height - 1) / 2.0, fmax(1.0, hypot(static_cast<double>(width), static_cast<double>(height)) / 2)};
}

template <int N>
struct Equations {
  static constexpr int kTriangle = triangle<N>();
  /// After triangle and right-hand side: the weights' sum and the number of matches.
  static constexpr int kSupport = kTriangle + N, kUsed = kSupport + 1, kValues = kUsed + 1;
  double v[kValues <= 32 ? 32 : 64];
};

__device__ inline void jacobian(double X, double Y, double (&jx)[8], double (&jy)[8]) {
  jx[0] = 1, jx[1] = 0, jx[2] = -Y, jx[3] = X, jx[4] = X, jx[5] = Y, jx[6] = X * X, jx[7] = X * Y;
  jy[0] = 0, jy[1] = 1, jy[2] = X, jy[3] = Y, jy[4] = -Y, jy[5] = X, jy[6] = X * Y, jy[7] = Y * Y;
}

/// Adds one match: predicted at p, residual (rx, ry), its information (wxx, wxy, wyy) times w.
template <int N>
__device__ inline void addMatch(Equations<N>& e, const FrameScale& f, const Point& p, double rx, double ry, double w, double wxx,
                                double wxy, double wyy) {
  double jx[8], jy[8];
  const double inverse = 1 / f.radius;
  jacobian((p.x - f.cx) * inverse, (p.y - f.cy) * inverse, jx, jy);
#pragma unroll
  for (int r = 0; r < N; r++) {
    const double gx = w * fma(jx[r], wxx, jy[r] * wxy), gy = w * fma(jx[r], wxy, jy[r] * wyy);
    e.v[Equations<N>::kTriangle + r] = fma(gx, rx, fma(gy, ry, e.v[Equations<N>::kTriangle + r]));
#pragma unroll
    for (int k = 0; k <= r; k++) {
      double& a = e.v[r * (r + 1) / 2 + k];
      a = fma(gx, jx[k], fma(gy, jy[k], a));
    }
  }
  e.v[Equations<N>::kSupport] += w;
  e.v[Equations<N>::kUsed] += 1;
}

/// h after the small motion b: centre · (1 + b) · centre⁻¹ · h, without the products by 0 and 1.
template <int N>
__device__ inline Mat3 moved(const Mat3& h, const double (&b)[N], const FrameScale& f) {
  const double s = 1 / f.radius;
  Mat3 g;
#pragma unroll
  for (int k = 0; k < 3; k++) {
    g[k] = h[k] - f.cx * h[6 + k];
    g[3 + k] = h[3 + k] - f.cy * h[6 + k];
    g[6 + k] = h[6 + k];
  }
  Mat3 m;
#pragma unroll
  for (int k = 0; k < 3; k++) {
    double x = g[k] + b[0] * g[6 + k], y = g[3 + k] + b[1] * g[6 + k], w = g[6 + k];
    if constexpr (N > 2) {
      x += (b[3] * g[k] - b[2] * g[3 + k]) * s;
      y += (b[2] * g[k] + b[3] * g[3 + k]) * s;
    }
    if constexpr (N > 4) {
      x += (b[4] * g[k] + b[5] * g[3 + k]) * s;
      y += (b[5] * g[k] - b[4] * g[3 + k]) * s;
      w -= (b[6] * g[k] + b[7] * g[3 + k]) * (s * s);
    }
    m[k] = x + f.cx * w;
    m[3 + k] = y + f.cy * w;
    m[6 + k] = w;
  }
  const double inverse = 1 / m[8];
#pragma unroll
  for (int i = 0; i < 8; i++) m[i] *= inverse;
  m[8] = 1;
  return m;
}

}  // namespace gimbal::device
