#include "refine.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gimbal {
namespace {

constexpr double kTukey = 4.685;
/// Neighbouring samples of a blurred picture share their noise, so a window knows less than its information says.
constexpr double kNoiseCorrelation = 4;
/// Even a perfect window is not trusted beyond this, in pixels.
constexpr double kFloor = 0.02;

int parameters(Model model) {
  return model == Model::homography ? 8 : model == Model::similarity ? 4 : model == Model::translation ? 2 : 0;
}

/// Displacement in pixels that each parameter causes at (X, Y), in half diagonals from the centre.
void jacobian(double X, double Y, double* jx, double* jy) {
  const double x[8] = {1, 0, -Y, X, X, Y, X * X, X * Y};
  const double y[8] = {0, 1, X, Y, -Y, X, X * Y, Y * Y};
  std::copy(x, x + 8, jx);
  std::copy(y, y + 8, jy);
}

struct Covariance {
  double xx, xy, yy;
};

Covariance covarianceOf(const WeightedMatch& m) {
  const double det = double(m.info[0]) * m.info[2] - double(m.info[1]) * m.info[1];
  const double n = kNoiseCorrelation * std::max(0.25, double(m.noise) * m.noise);
  if (!(det > 1e-9)) return {1e4, 0, 1e4};
  return {n * m.info[2] / det, -n * m.info[1] / det, n * m.info[0] / det};
}

}  // namespace

RefineResult refine(const WeightedMatch* matches, int count, Model model, const Mat3& start, const RefineOptions& options) {
  RefineResult result;
  result.h = start;
  const int n = parameters(model);
  if (n == 0 || count < 1) return result;
  const double cx = (options.width - 1) / 2.0, cy = (options.height - 1) / 2.0;
  const double radius = std::max(1.0, std::hypot(options.width, options.height) / 2);
  const Mat3 toCentre = {1, 0, -cx, 0, 1, -cy, 0, 0, 1}, back = {1, 0, cx, 0, 1, cy, 0, 0, 1};
  thread_local std::vector<double> distances;
  distances.resize(count);
  double hessian[64];
  double deviation = options.reach / 3;  // of the scene from the model, per axis
  for (int iteration = 0; iteration < options.iterations; iteration++) {
    // Scale: median of the distances of what is within reach; 1.1774 relates a Rayleigh median to its sigma.
    int near = 0;
    for (int i = 0; i < count; i++) {
      const Match& m = matches[i].match;
      const Point p = apply(result.h, m.x, m.y);
      const double e = std::hypot(m.u - p.x, m.v - p.y);
      if (e < options.reach) distances[near++] = e;
    }
    if (near * 2 < n) return result;
    std::nth_element(distances.begin(), distances.begin() + near / 2, distances.begin() + near);
    result.scale = std::max(distances[near / 2] / 1.1774, kFloor);
    deviation = iteration == 0 ? std::max(result.scale, deviation / 2) : std::max(result.scale, deviation / 2);

    double a[64] = {};
    double b[8] = {};
    double support = 0;
    for (int i = 0; i < count; i++) {
      const Match& m = matches[i].match;
      const Point p = apply(result.h, m.x, m.y);
      const double rx = m.u - p.x, ry = m.v - p.y;
      if (!(rx * rx + ry * ry < double(options.reach) * options.reach)) continue;
      Covariance c = covarianceOf(matches[i]);
      c.xx += deviation * deviation;
      c.yy += deviation * deviation;
      const double det = c.xx * c.yy - c.xy * c.xy;
      const double wxx = c.yy / det, wxy = -c.xy / det, wyy = c.xx / det;
      const double e2 = rx * (wxx * rx + wxy * ry) + ry * (wxy * rx + wyy * ry);
      const double t = 1 - e2 / (kTukey * kTukey);
      if (!(t > 0)) continue;
      const double w = t * t * matches[i].weight;
      support += w;
      double jx[8], jy[8];
      jacobian((p.x - cx) / radius, (p.y - cy) / radius, jx, jy);
      for (int r = 0; r < n; r++) {
        const double gx = w * (jx[r] * wxx + jy[r] * wxy), gy = w * (jx[r] * wxy + jy[r] * wyy);
        b[r] += gx * rx + gy * ry;
        for (int k = 0; k <= r; k++) a[r * n + k] += gx * jx[k] + gy * jy[k];
      }
    }
    result.support = support;
    if (support * 2 < n) return result;
    if (n == 8) {
      // The prior pulls the map itself (not this step) towards a similarity.
      const Mat3 c = normalized(multiply(toCentre, multiply(result.h, back)));
      const double shape[4] = {(c[0] - c[4]) / 2 * radius, (c[1] + c[3]) / 2 * radius, -c[6] * radius * radius,
                               -c[7] * radius * radius};
      const double pull = 1 / (options.shapePrior * options.shapePrior);
      for (int k = 0; k < 4; k++) {
        a[(4 + k) * n + 4 + k] += pull;
        b[4 + k] -= pull * shape[k];
      }
    }
    for (int r = 0; r < n; r++) {
      for (int k = 0; k < r; k++) a[k * n + r] = a[r * n + k];
    }
    std::copy(a, a + n * n, hessian);
    if (!solveLinear(a, b, n)) return result;
    double full[8] = {};
    std::copy(b, b + n, full);
    const double s = 1 / radius;
    const Mat3 d = {1 + (full[3] + full[4]) * s, (-full[2] + full[5]) * s, full[0], (full[2] + full[5]) * s,
                    1 + (full[3] - full[4]) * s, full[1], -full[6] * s * s, -full[7] * s * s, 1};
    const Mat3 next = normalized(multiply(back, multiply(d, multiply(toCentre, result.h))));
    for (const double value : next) {
      if (!std::isfinite(value)) return result;
    }
    result.h = next;
    double step = 0;
    for (int k = 0; k < n; k++) step = std::max(step, std::fabs(full[k]));
    if (iteration >= 3 && step < 1e-4) break;
  }
  double covariance[64];
  if (!invertSymmetric(hessian, covariance, n, 1e-14)) return result;
  double sum = 0;
  for (int k = 0; k < 4; k++) {
    double jx[8], jy[8];
    jacobian((k == 1 || k == 2 ? 1 : -1) * (cx + 0.5) / radius, (k >= 2 ? 1 : -1) * (cy + 0.5) / radius, jx, jy);
    for (int r = 0; r < n; r++) {
      for (int c = 0; c < n; c++) sum += covariance[r * n + c] * (jx[r] * jx[c] + jy[r] * jy[c]);
    }
  }
  result.cornerSigma = std::sqrt(std::max(sum, 0.0) / 8);
  result.ok = true;
  return result;
}

}  // namespace gimbal
