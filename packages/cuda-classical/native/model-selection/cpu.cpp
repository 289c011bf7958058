#include "model-selection.hpp"

#include <algorithm>
#include <cmath>

namespace gimbal {
namespace {

/// Inliers, their share and coverage under a map.
void measure(Solution& solution, const WeightedMatches& evidence, int width, int height) {
  const double threshold = kInlierThreshold * solution.pixel;
  bool seen[kCells] = {};
  double total = 0, inlierWeight = 0, score = 0;
  solution.inliers = 0;
  for (const WeightedMatch& m : evidence.matches) {
    const Point p = apply(solution.h, m.match.x, m.match.y);
    const double e = std::hypot(p.x - m.match.u, p.y - m.match.v);
    total += m.match.weight;
    if (!(e < threshold)) continue;
    inlierWeight += m.match.weight;
    score += m.match.weight * (1 - e * e / (threshold * threshold));
    solution.inliers++;
    seen[cellOf(m.match, width, height)] = true;
  }
  solution.share = total > 0 ? inlierWeight / total : 0;
  solution.inlierWeight = inlierWeight;
  solution.score = score;
  solution.coverage = std::count(seen, seen + kCells, true) / double(kCells);
}

Solution fitModel(Model model, const Mat3& start, const std::vector<Track>& tracks, const RefineOptions& base, float pixel,
                  WeightedMatches& evidence) {
  Solution solution;
  solution.model = model;
  solution.pixel = pixel;
  RefineOptions options = base;
  removeWindowBias(tracks, start, evidence);
  solution.fit = refine(evidence.matches.data(), static_cast<int>(evidence.matches.size()), model, start, options);
  if (solution.fit.ok) {
    removeWindowBias(tracks, solution.fit.h, evidence);
    options.reach = std::min(base.reach, 3 * pixel);
    options.iterations = 6;
    solution.fit = refine(evidence.matches.data(), static_cast<int>(evidence.matches.size()), model, solution.fit.h, options);
  }
  solution.h = solution.fit.h;
  solution.tracked = static_cast<int>(evidence.matches.size());
  measure(solution, evidence, base.width, base.height);
  return solution;
}

bool carries(const Solution& s, int width, int height) {
  if (!s.fit.ok || !plausible(s.h, width, height)) return false;
  switch (s.model) {
    case Model::homography:
      return s.inliers >= 20 && s.fit.support >= 12 && s.coverage >= 0.2 && s.fit.cornerSigma < 0.8 * s.pixel && s.share >= 0.2;
    case Model::similarity:
      return s.inliers >= 8 && s.fit.support >= 5 && s.coverage >= 0.06 && s.fit.cornerSigma < 1.5 * s.pixel && s.share >= 0.15;
    case Model::translation:
      return s.inliers >= 4 && s.fit.support >= 2.5 && s.share >= 0.2;
    default:
      return true;
  }
}

}  // namespace

Solution selectModel(const std::vector<Track>& tracks, int width, int height, float pixel, std::uint32_t seed,
               const CellTrust& trust, ModelSelectionScratch& s) {
  WeightedMatches& evidence = s.evidence;
  weightMatches(tracks, width, height, trust, evidence);
  Solution nothing;
  nothing.tracked = static_cast<int>(evidence.matches.size());
  const int n = nothing.tracked;
  if (n < 3) return nothing;
  s.plain.clear();
  for (const WeightedMatch& m : evidence.matches) s.plain.push_back(m.match);
  RansacOptions sampling;
  sampling.seed = seed;
  sampling.width = width;
  sampling.height = height;
  sampling.threshold = 2.5f * pixel;
  sampling.maxIterations = 300;
  const RansacResult similar = ransac(s.plain.data(), n, Model::similarity, sampling, s.ransac);
  RefineOptions refining;
  refining.width = width;
  refining.height = height;
  refining.reach = 4 * pixel;

  Solution best = nothing;
  if (similar.found) {
    const Solution full = fitModel(Model::homography, similar.h, tracks, refining, pixel, evidence);
    if (carries(full, width, height)) best = full;
  }
  if (n >= 20 && (best.model != Model::homography || best.share < 0.7)) {
    sampling.threshold = kInlierThreshold * pixel;
    sampling.maxIterations = 400;
    const RansacResult general = ransac(s.plain.data(), n, Model::homography, sampling, s.ransac);
    if (general.found) {
      // This start is a homography already: what lies beyond its inliers belongs to something else.
      refining.reach = 2 * pixel;
      const Solution full = fitModel(Model::homography, general.h, tracks, refining, pixel, evidence);
      if (carries(full, width, height) && full.score > 1.1 * best.score) best = full;
    }
  }
  if (best.model == Model::homography) return best;
  refining.reach = 4 * pixel;
  if (similar.found) {
    const Solution rigid = fitModel(Model::similarity, similar.h, tracks, refining, pixel, evidence);
    if (carries(rigid, width, height)) return rigid;
  }
  const Solution shift = fitModel(Model::translation, medianShift(evidence), tracks, refining, pixel, evidence);
  if (carries(shift, width, height)) return shift;
  return nothing;
}

double confidenceOf(const Solution& s, std::size_t corners) {
  if (s.model == Model::identity) return 0;
  const double agreement = std::clamp((s.share - 0.1) / 0.4, 0.0, 1.0);
  const double spread = std::clamp(s.coverage / 0.4, 0.0, 1.0);
  const double precision = 1 / (1 + s.fit.cornerSigma * s.fit.cornerSigma / 2);
  // A handful of survivors among hundreds of corners is what chance leaves.
  const double found = std::clamp(s.inliers / (0.1 * static_cast<double>(corners)), 0.0, 1.0);
  // What was only seen on a coarse level is a guide, not a measurement.
  return (s.pixel > 1 ? 0.7 : 1.0) * std::clamp(found * std::sqrt(agreement) * std::sqrt(spread) * precision, 0.0, 1.0);
}

double qualityOf(const Solution& s) {
  if (s.model == Model::identity) return 0;
  const double precision = 1 / (1 + s.fit.cornerSigma * s.fit.cornerSigma / 2);
  return (s.pixel > 1 ? 0.6 : 1.0) * s.inlierWeight * std::sqrt(s.coverage) * precision;
}

}  // namespace gimbal
