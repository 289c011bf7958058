#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "align.hpp"
#include "pair.hpp"
#include "plausible-map.hpp"

namespace gimbal {
namespace {

using alignment::Light;
using alignment::Pair;
using alignment::System;

constexpr int kSteps[alignLevels] = {7, 5, 5};
constexpr double kEnough[alignLevels] = {0.02, 0.05, 0.1};  // pixels at half a diagonal from the centre
constexpr int kTogether = 1;                  // levels below the finest that have a say in the end: they see through noise and blur
constexpr int kAttempts[] = {1, 2, 0};        // coarsest levels: the first that an answer within a pixel or two is near enough for
constexpr double kContent = 0.6;              // inliers that make further attempts needless
constexpr double kLeastCommon = 0.25;         // of the slopes; unrelated pictures have none in common
constexpr double kNoWorse[2] = {1.01, 0.01};  // times, and deviations, that a good start may be better by without being preferred
constexpr double kCornerReach = 4;            // times as far as the points: in a corner there may be none
constexpr int kStepsBack = 2;                 // it starts where the way there ended
constexpr int kLeastPoints = 60;              // of the coarsest level that is used, and of the finest

/// From pixels of the source to those of the finest level: area resize keeps the outer edges in place.
Mat3 resized(const AlignFrame& frame) {
  const double sx = static_cast<double>(frame.level[0].plane.width) / frame.sourceWidth;
  const double sy = static_cast<double>(frame.level[0].plane.height) / frame.sourceHeight;
  return {sx, 0, (sx - 1) / 2, 0, sy, (sy - 1) / 2, 0, 0, 1};
}

void checkArguments(const AlignFrame& previous, const AlignFrame& current, const AlignWeights* weights, const AlignTrust& trust) {
  if (!previous.ready || !current.ready) throw std::invalid_argument("align expects frames that prepareAlign has made");
  const auto& a = previous.level[0].plane;
  const auto& b = current.level[0].plane;
  if (previous.sourceWidth != current.sourceWidth || previous.sourceHeight != current.sourceHeight || a.width != b.width ||
      a.height != b.height) {
    throw std::invalid_argument("align expects frames of one size");
  }
  for (const float t : trust) {
    if (!(t >= 0 && t <= 1)) throw std::invalid_argument("align expects trust from 0 to 1");
  }
  if (weights == nullptr) return;
  for (int i = 0; i < weights->size * weights->size; i++) {
    if (!(weights->values[i] >= 0 && weights->values[i] <= 1)) throw std::invalid_argument("align expects weights from 0 to 1");
  }
}

/// Light alone, with the map as it is: gain and offsets by one reweighted step, then the residuals they leave.
void fitLight(Pair& pair) {
  pair.residuals();
  System system = pair.system();
  if (system.solve(true)) pair.stepLight(system);
  pair.residuals();
}

/// Gauss-Newton on the levels in use; false when there is nothing to solve or the map leaves what a camera can do.
bool descend(Pair& pair, int steps, double enough) {
  for (int i = 0; i < steps; i++) {
    pair.residuals();
    if (pair.seen() < kLeastPoints) return false;
    System system = pair.system();
    if (!system.solve(false)) return false;
    pair.stepLight(system);
    if (!pair.stepMotion(system)) return false;
    double step = 0;
    for (int k = 0; k < 8; k++) step = std::max(step, std::abs(system.answer[k]));
    if (step < enough) break;
  }
  return true;
}

/// From level `coarsest` down to the finest; false when there is no answer within reach.
bool descendFrom(Pair& pair, int coarsest, int levels, double reach) {
  for (int l = coarsest; l >= 0; l--) {
    pair.use(l, l == 0 ? std::min(levels - 1, kTogether) : l);
    // A coarse level without points is no reason to give up: the finer ones have more.
    if (!descend(pair, kSteps[l], kEnough[l]) && l == 0) return false;
    if (pair.pointsMoved() > reach || pair.farthestCorner() > kCornerReach * reach) return false;
  }
  return true;
}

/// The inverse of the answer on the way back: the points are the current frame's, looked up in the previous one. False when
/// there is none near `there`, the answer on the way there, whose light was `light`.
bool wayBack(Pair& pair, const Mat3& there, Light light, int levels, double reach, Mat3& out) {
  light.gain = 1 / light.gain;
  for (float& bias : light.bias) bias *= static_cast<float>(-light.gain);
  pair.begin(normalized(adjugate(there)), light);
  pair.use(0, std::min(levels - 1, kTogether));
  if (!descend(pair, kStepsBack, kEnough[0]) || pair.pointsMoved() > reach) return false;
  out = normalized(adjugate(pair.h()));
  return finite(out);
}

/// Between two maps that are hardly apart.
Mat3 between(const Mat3& a, const Mat3& b) {
  Mat3 mean;
  for (int i = 0; i < 9; i++) mean[i] = (a[i] + b[i]) / 2;
  return mean;
}

}  // namespace

AlignResult align(const AlignFrame& previous, const AlignFrame& current, const std::array<double, 9>& start,
                  const AlignWeights* weights, const AlignTrust& trust, const AlignSettings& settings, AlignScratch& scratch) {
  checkArguments(previous, current, weights, trust);
  AlignResult result;
  result.trust = trust;
  result.h = start;
  result.cornerSigma = std::numeric_limits<double>::infinity();
  if (!alignment::proper(start, previous.sourceWidth, previous.sourceHeight)) return result;
  const int width = previous.level[0].plane.width;
  const int height = previous.level[0].plane.height;
  const Mat3 down = resized(previous);
  const Mat3 up = normalized(adjugate(down));
  const Mat3 first = normalized(multiply(down, multiply(start, up)));
  const int levels = std::min(previous.levels, current.levels);
  if (levels == 0) return result;

  Pair pair(previous, current, weights, trust, settings.threads, scratch);
  // How the start fits: what the answer must beat.
  pair.begin(first);
  pair.use(0, 0);
  fitLight(pair);
  if (pair.seen() < kLeastPoints) return result;
  const double before = kNoWorse[0] * pair.cost() + kNoWorse[1];
  result.inlierShare = pair.inlierShare();
  result.residual = pair.spread();
  const Light light = pair.light();

  const double reach = settings.reach * std::max(width, height);
  double best = before;
  Mat3 there{};
  Light lightThere;
  for (const int coarsest : kAttempts) {
    if (coarsest >= levels) continue;
    pair.begin(first, light);
    if (!descendFrom(pair, coarsest, levels, reach)) continue;
    pair.residuals();
    System system = pair.system();
    if (pair.seen() < kLeastPoints || !system.solve(false) || !(system.common >= kLeastCommon) || !(pair.cost() <= best)) continue;
    const Mat3 found = normalized(multiply(up, multiply(pair.h(), down)));
    if (!alignment::proper(found, previous.sourceWidth, previous.sourceHeight)) continue;
    best = pair.cost();
    there = normalized(pair.h());
    lightThere = pair.light();
    const double sigma = pair.cornerSigma(system) * previous.sourceWidth / width;
    result = {found, true, pair.inlierShare(), pair.spread(), sigma, pair.updatedTrust(trust)};
    if (result.inlierShare >= kContent) break;
  }
  if (!result.converged) return result;
  // The points are where one frame is steepest, its noise included, which pulls; the other's pull the other way. Between neighbours a
  // cell of the weights hardly moves.
  Pair back(current, previous, weights, result.trust, settings.threads, scratch);
  Mat3 other;
  if (!wayBack(back, there, lightThere, levels, reach, other)) return result;
  const Mat3 found = normalized(multiply(up, multiply(between(there, other), down)));
  if (alignment::proper(found, previous.sourceWidth, previous.sourceHeight)) result.h = found;
  return result;
}

}  // namespace gimbal
