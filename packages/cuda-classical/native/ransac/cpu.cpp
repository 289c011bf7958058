#include "ransac.hpp"

#include <algorithm>
#include <cmath>

namespace gimbal {
namespace {

/// xorshift32 (G. Marsaglia, 2003): small, and the same on every platform.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : state_(seed * 2654435761u + 0x9e3779b9u) {
    if (state_ == 0) state_ = 1;
  }
  /// 0 to just under 1.
  double fraction() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ / 4294967296.0;
  }

 private:
  std::uint32_t state_;
};

/// No three of the four nearly on a line, and every triple turned the same way in both frames.
bool consistent(const Point* from, const Point* to, double minArea) {
  for (int skip = 0; skip < 4; skip++) {
    const int a = skip == 0 ? 1 : 0, b = skip <= 1 ? 2 : 1, c = skip <= 2 ? 3 : 2;
    const double before = cross(from[a], from[b], from[c]);
    const double after = cross(to[a], to[b], to[c]);
    if (std::fabs(before) < minArea || std::fabs(after) < minArea || (before > 0) != (after > 0)) return false;
  }
  return true;
}

/// Σ w·(1 − e²/t²) over e < t, branch-free so that compilers vectorize it: eight running sums in a fixed order.
double scoreOf(const Mat3& h, const RansacScratch& s, int padded, float threshold) {
  float m[9];
  for (int i = 0; i < 9; i++) m[i] = static_cast<float>(h[i]);
  const float inv = 1.0f / (threshold * threshold);
  float sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  const float *x = s.x.data(), *y = s.y.data(), *u = s.u.data(), *v = s.v.data(), *w = s.w.data();
  for (int i = 0; i < padded; i += 8) {
    for (int k = 0; k < 8; k++) {
      const float X = x[i + k], Y = y[i + k];
      const float d = 1.0f / (m[6] * X + m[7] * Y + m[8]);
      const float ex = (m[0] * X + m[1] * Y + m[2]) * d - u[i + k];
      const float ey = (m[3] * X + m[4] * Y + m[5]) * d - v[i + k];
      const float gain = 1.0f - (ex * ex + ey * ey) * inv;
      sums[k] += gain > 0 ? gain * w[i + k] : 0;
    }
  }
  double total = 0;
  for (const float part : sums) total += part;
  return total;
}

/// Weighted least squares on the inliers of `h`, linearized about it: two Gauss-Newton steps.
bool refit(Mat3& h, const Match* matches, int count, Model model, double cx, double cy, double radius, float threshold) {
  const int n = model == Model::homography ? 8 : 4;
  for (int step = 0; step < 2; step++) {
    double a[64] = {};
    double b[8] = {};
    int used = 0;
    for (int i = 0; i < count; i++) {
      const Match& match = matches[i];
      const Point p = apply(h, match.x, match.y);
      const double rx = match.u - p.x, ry = match.v - p.y, e2 = rx * rx + ry * ry;
      if (!(e2 < threshold * threshold)) continue;
      used++;
      const double w = match.weight * (1 - e2 / (threshold * threshold));
      const double X = (p.x - cx) / radius, Y = (p.y - cy) / radius;
      const double jx[8] = {1, 0, -Y, X, X, Y, X * X, X * Y};
      const double jy[8] = {0, 1, X, Y, -Y, X, X * Y, Y * Y};
      for (int r = 0; r < n; r++) {
        b[r] += w * (jx[r] * rx + jy[r] * ry);
        for (int c = 0; c < n; c++) a[r * n + c] += w * (jx[r] * jx[c] + jy[r] * jy[c]);
      }
    }
    if (used < n / 2) return false;
    for (int r = 0; r < n; r++) a[r * n + r] += 1e-9;
    if (!solveLinear(a, b, n)) return false;
    const double s = 1 / radius;
    Mat3 d = {1 + (b[3] + (n > 4 ? b[4] : 0)) * s, (-b[2] + (n > 4 ? b[5] : 0)) * s, b[0],
              (b[2] + (n > 4 ? b[5] : 0)) * s, 1 + (b[3] - (n > 4 ? b[4] : 0)) * s, b[1],
              n > 4 ? -b[6] * s * s : 0, n > 4 ? -b[7] * s * s : 0, 1};
    const Mat3 toCentre = {1, 0, -cx, 0, 1, -cy, 0, 0, 1}, back = {1, 0, cx, 0, 1, cy, 0, 0, 1};
    h = normalized(multiply(multiply(back, multiply(d, toCentre)), h));
    for (const double value : h) {
      if (!std::isfinite(value)) return false;
    }
  }
  return true;
}

}  // namespace

RansacResult ransac(const Match* matches, int count, Model model, const RansacOptions& options, RansacScratch& scratch) {
  RansacResult best;
  const int need = model == Model::homography ? 4 : 2;
  if (count < need) return best;
  const int padded = (count + 7) / 8 * 8;
  for (auto* values : {&scratch.x, &scratch.y, &scratch.u, &scratch.v, &scratch.w}) values->assign(padded, 0.0f);
  Dice randomNumbers(options.seed);
  double total = 0;
  scratch.cumulated.resize(count);
  for (int i = 0; i < count; i++) {
    scratch.x[i] = matches[i].x;
    scratch.y[i] = matches[i].y;
    scratch.u[i] = matches[i].u;
    scratch.v[i] = matches[i].v;
    scratch.w[i] = matches[i].weight;
    total += matches[i].weight;
    scratch.cumulated[i] = total;
  }
  const auto draw = [&] {
    const auto at = std::upper_bound(scratch.cumulated.begin(), scratch.cumulated.end(), randomNumbers.fraction() * total);
    return std::min(static_cast<int>(at - scratch.cumulated.begin()), count - 1);
  };
  if (!(total > 0)) return best;
  const double cx = (options.width - 1) / 2.0, cy = (options.height - 1) / 2.0;
  const double radius = std::max(1.0, std::hypot(options.width, options.height) / 2);
  // A triangle of a sample spans at least 1/400 of the frame; two points stand at least 1/20 of its diagonal apart.
  const double minArea = double(options.width) * options.height / 400;
  const double minSpan = radius / 10;
  double bestScore = 0;
  int limit = options.maxIterations;
  for (int iteration = 0; iteration < limit; iteration++) {
    best.iterations = iteration + 1;
    int index[4];
    bool distinct = true;
    for (int k = 0; k < need; k++) {
      index[k] = draw();
      for (int j = 0; j < k; j++) distinct = distinct && index[j] != index[k];
    }
    if (!distinct) continue;
    Point from[4], to[4];
    for (int k = 0; k < need; k++) {
      from[k] = {matches[index[k]].x, matches[index[k]].y};
      to[k] = {matches[index[k]].u, matches[index[k]].v};
    }
    Mat3 h;
    if (model == Model::homography) {
      if (!consistent(from, to, minArea) || !homographyFromFour(from, to, h)) continue;
    } else {
      if (std::hypot(from[1].x - from[0].x, from[1].y - from[0].y) < minSpan || !similarityFromTwo(from, to, h)) continue;
    }
    if (!plausible(h, options.width, options.height)) continue;
    double score = scoreOf(h, scratch, padded, options.threshold);
    if (score <= bestScore) continue;
    Mat3 local = h;
    if (refit(local, matches, count, model, cx, cy, radius, options.threshold) &&
        plausible(local, options.width, options.height)) {
      const double refined = scoreOf(local, scratch, padded, options.threshold);
      if (refined > score) {
        score = refined;
        h = local;
      }
    }
    bestScore = score;
    best.h = h;
    best.found = true;
    double inlierWeight = 0;
    best.inliers = 0;
    for (int i = 0; i < count; i++) {
      const Point p = apply(h, matches[i].x, matches[i].y);
      if (!(std::hypot(p.x - matches[i].u, p.y - matches[i].v) < options.threshold)) continue;
      best.inliers++;
      inlierWeight += matches[i].weight;
    }
    const double good = std::pow(inlierWeight / total, need);
    if (good >= 1 - 1e-12) break;
    const double wanted = std::log(1 - options.assurance) / std::log(1 - good);
    limit = std::min(limit, std::max(20, static_cast<int>(std::ceil(std::min(wanted, 1e6)))));
  }
  best.score = bestScore / total;
  return best;
}

}  // namespace gimbal
