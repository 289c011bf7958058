#pragma once
#include "../model-selection/match-table.cuh"
#include "equations.cuh"

namespace gimbal::device {

/// What refine says of its answer.
struct FitNumbers {
  double cornerSigma, scale, support;
  bool ok;
};

/// refine by one block. The median of the distances is found among 2²² steps of the reach.
template <int N>
__device__ __noinline__ FitNumbers fit(const MatchTable t, float reach, int iterations, int width, int height, Mat3& h,
                                       BlockMemory& memory) {
  constexpr double kTukey = 4.685, kFloor = 0.02, kShapePrior = 2;
  constexpr double kSteps = 4194304;
  using Sums = Equations<N>;
  FitNumbers result{1e9, 0, 0, false};
  if (t.count < 1) return result;
  const FrameScale f = frameScale(width, height);
  const double reachSquared = static_cast<double>(reach) * reach;
  const float steps = static_cast<float>(kSteps) / reach;
  double deviation = reach / 3;
  double a[triangle<N>()];
  for (int iteration = 0; iteration < iterations; iteration++) {
    unsigned keys[4];
    // Four at a time, so that their long divisions overlap; those past the end repeat the last.
    for (int first = threadIdx.x; first < t.count; first += 4 * kBlock) {
#pragma unroll
      for (int k = 0; k < 4; k++) {
        const int i = min(first + k * kBlock, t.count - 1);
        const Point p = apply(h, t.x(i), t.y(i));
        const double ex = t.u(i) - p.x, ey = t.v(i) - p.y, e2 = ex * ex + ey * ey;
        keys[k] = e2 < reachSquared ? min(static_cast<unsigned>(sqrtf(static_cast<float>(e2)) * steps), 0x3fffffu) : 0xffffffffu;
      }
#pragma unroll
      for (int k = 0; k < 4; k++) {
        if (first + k * kBlock < t.count) t.keys(first + k * kBlock) = keys[k];
      }
    }
    int near = 0;
    const unsigned key = blockMedian<22>(t.count, near, memory, [&](int i) { return t.keys(i); });
    if (near * 2 < N) return result;
    result.scale = fmax((key + 0.5) / kSteps * reach / 1.1774, kFloor);
    deviation = fmax(result.scale, deviation / 2);
    Sums sums{};
    for (int i = threadIdx.x; i < t.count; i += kBlock) {
      const Point p = apply(h, t.x(i), t.y(i));
      const double rx = t.u(i) - p.x, ry = t.v(i) - p.y;
      if (!(rx * rx + ry * ry < reachSquared)) continue;
      const double cxx = t.xx(i) + deviation * deviation, cyy = t.yy(i) + deviation * deviation, cxy = t.xy(i);
      const double inverse = 1 / (cxx * cyy - cxy * cxy);
      const double wxx = cyy * inverse, wxy = -cxy * inverse, wyy = cxx * inverse;
      const double e2 = rx * (wxx * rx + wxy * ry) + ry * (wxy * rx + wyy * ry);
      const double tail = 1 - e2 / (kTukey * kTukey);
      if (!(tail > 0)) continue;
      addMatch<N>(sums, f, p, rx, ry, tail * tail * t.weight(i), wxx, wxy, wyy);
    }
    blockSums(sums.v, Sums::kValues, memory);
    result.support = memory.total[Sums::kSupport];
    if (result.support * 2 < N) return result;
    double b[N];
#pragma unroll
    for (int i = 0; i < triangle<N>(); i++) a[i] = memory.total[i];
#pragma unroll
    for (int i = 0; i < N; i++) b[i] = memory.total[Sums::kTriangle + i];
    if constexpr (N == 8) {
      // The prior pulls the map itself, not this step, towards a similarity.
      const double inverse = 1 / (h[6] * f.cx + h[7] * f.cy + h[8]), r = f.radius * inverse;
      const double c0 = h[0] - f.cx * h[6], c1 = h[1] - f.cx * h[7], c3 = h[3] - f.cy * h[6], c4 = h[4] - f.cy * h[7];
      const double shape[4] = {(c0 - c4) / 2 * r, (c1 + c3) / 2 * r, -h[6] * r * f.radius, -h[7] * r * f.radius};
      constexpr double pull = 1 / (kShapePrior * kShapePrior);
#pragma unroll
      for (int k = 0; k < 4; k++) {
        a[(4 + k) * (5 + k) / 2 + 4 + k] += pull;
        b[4 + k] -= pull * shape[k];
      }
    }
    if (!factorize<N>(a)) return result;
    solveFactorized<N>(a, b);
    const Mat3 next = moved<N>(h, b, f);
    if (!finite(next)) return result;
    h = next;
    double step = 0;
#pragma unroll
    for (int k = 0; k < N; k++) step = fmax(step, fabs(b[k]));
    if (iteration >= 3 && step < 1e-4) break;
  }
  // Every thread takes one corner and axis; eight neighbours have them all.
  const int corner = threadIdx.x % 4;
  double jx[8], jy[8], j[N];
  jacobian((corner == 1 || corner == 2 ? 1 : -1) * (f.cx + 0.5) / f.radius, (corner >= 2 ? 1 : -1) * (f.cy + 0.5) / f.radius, jx, jy);
#pragma unroll
  for (int k = 0; k < N; k++) j[k] = threadIdx.x & 4 ? jy[k] : jx[k];
  const double mine = quadratic<N>(a, j);
  double sum = 0;
#pragma unroll
  for (int k = 0; k < 8; k++) sum += __shfl_sync(0xffffffffu, mine, k, 8);
  result.cornerSigma = sqrt(fmax(sum, 0.0) / 8);
  result.ok = true;
  return result;
}

}  // namespace gimbal::device
