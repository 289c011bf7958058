#pragma once
#include "../block/block.cuh"
#include "../block/solve.cuh"
#include "../homography/device.cuh"

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

/// h after the small motion b.
template <int N>
__device__ inline Mat3 moved(const Mat3& h, const double (&b)[N], const FrameScale& f) {
  double full[8] = {};
#pragma unroll
  for (int k = 0; k < N; k++) full[k] = b[k];
  const double s = 1 / f.radius;
  const Mat3 d = Mat3{1 + (full[3] + full[4]) * s, (-full[2] + full[5]) * s, full[0],
                      (full[2] + full[5]) * s, 1 + (full[3] - full[4]) * s, full[1],
                      -full[6] * s * s, -full[7] * s * s, 1};
  const Mat3 toCentre = Mat3{1, 0, -f.cx, 0, 1, -f.cy, 0, 0, 1}, back = Mat3{1, 0, f.cx, 0, 1, f.cy, 0, 0, 1};
  return normalized(multiply(back, multiply(d, multiply(toCentre, h))));
}

}  // namespace gimbal::device
