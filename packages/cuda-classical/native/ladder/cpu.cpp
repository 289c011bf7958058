#include "ladder.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "../scene/scene.hpp"

namespace gimbal {
namespace {

constexpr int kCellCols = 8;
constexpr int kCellRows = 6;
constexpr int kCells = kCellCols * kCellRows;
/// An inlier lies within this of its prediction, in pixels of the level that the points were followed on.
constexpr float kThreshold = 1.5f;
/// Fine tracking with less confidence than this has failed.
constexpr double kFailing = 0.4;
/// Level on which blurred pairs are looked at again.
constexpr int kCoarse = 2;

/// Between source and analysis pixels, pixel centres on integers in both.
Mat3 resizing(double fromWidth, double fromHeight, double toWidth, double toHeight) {
  const double sx = toWidth / fromWidth, sy = toHeight / fromHeight;
  return {sx, 0, (sx - 1) / 2, 0, sy, (sy - 1) / 2, 0, 0, 1};
}

struct Solution {
  Mat3 h = kIdentity;
  Model model = Model::identity;
  RefineResult fit;
  double share = 0;    ///< weight of the inliers over weight of the tracks
  double carried = 0;  ///< weight of the inliers
  double coverage = 0;
  int inliers = 0;
  int tracked = 0;
  double score = 0;
  float pixel = 1;  ///< of the level that the points were followed on, in analysis pixels
};

int cellOf(const Match& m, int width, int height) {
  const int c = std::clamp(static_cast<int>(m.x * kCellCols / width), 0, kCellCols - 1);
  const int r = std::clamp(static_cast<int>(m.y * kCellRows / height), 0, kCellRows - 1);
  return r * kCellCols + c;
}

/// Matches of the tracks that came home. A cell's matches weigh at most eight together, and the rim of the frame a little more:
/// the background reaches the rim, the subject is usually in the middle.
void collect(const std::vector<Track>& tracks, int width, int height, EstimateScratch& s) {
  s.matches.clear();
  s.owner.clear();
  int counts[kCells] = {};
  for (std::size_t i = 0; i < tracks.size(); i++) {
    const Track& t = tracks[i];
    if (!t.ok) continue;
    WeighedMatch m;
    m.match = {t.x, t.y, t.u, t.v, 1};
    std::copy(t.info, t.info + 3, m.info);
    m.noise = t.residual;
    s.matches.push_back(m);
    s.owner.push_back(static_cast<int>(i));
    counts[cellOf(m.match, width, height)]++;
  }
  for (WeighedMatch& m : s.matches) {
    const int cell = cellOf(m.match, width, height), c = cell % kCellCols, r = cell / kCellCols;
    const bool rim = c == 0 || r == 0 || c == kCellCols - 1 || r == kCellRows - 1;
    m.match.weight = std::min(1.0f, 8.0f / counts[cell]) * (rim ? 1.25f : 1.0f);
  }
}

/// Takes from every match what the motion's change across its window added to it (see Track::slopeX), given the map.
void straighten(const std::vector<Track>& tracks, const Mat3& h, EstimateScratch& s) {
  for (std::size_t i = 0; i < s.matches.size(); i++) {
    const Track& t = tracks[s.owner[i]];
    const double w = h[6] * t.x + h[7] * t.y + h[8];
    const Point p = apply(h, t.x, t.y);
    const double ux = (h[0] - p.x * h[6]) / w - 1, uy = (h[1] - p.x * h[7]) / w;
    const double vx = (h[3] - p.y * h[6]) / w, vy = (h[4] - p.y * h[7]) / w - 1;
    s.matches[i].match.u = t.u - static_cast<float>(t.slopeX[0] * ux + t.slopeX[1] * vx + t.slopeY[0] * uy + t.slopeY[1] * vy);
    s.matches[i].match.v = t.v - static_cast<float>(t.slopeX[2] * ux + t.slopeX[3] * vx + t.slopeY[2] * uy + t.slopeY[3] * vy);
  }
}

/// Inliers, their share and coverage under a map.
void measure(Solution& solution, const EstimateScratch& s, int width, int height) {
  const double threshold = kThreshold * solution.pixel;
  bool seen[kCells] = {};
  double total = 0, carried = 0, score = 0;
  solution.inliers = 0;
  for (const WeighedMatch& m : s.matches) {
    const Point p = apply(solution.h, m.match.x, m.match.y);
    const double e = std::hypot(p.x - m.match.u, p.y - m.match.v);
    total += m.match.weight;
    if (!(e < threshold)) continue;
    carried += m.match.weight;
    score += m.match.weight * (1 - e * e / (threshold * threshold));
    solution.inliers++;
    seen[cellOf(m.match, width, height)] = true;
  }
  solution.share = total > 0 ? carried / total : 0;
  solution.carried = carried;
  solution.score = score;
  solution.coverage = std::count(seen, seen + kCells, true) / double(kCells);
}

Solution fitModel(Model model, const Mat3& start, const std::vector<Track>& tracks, const RefineOptions& base, float pixel,
                  EstimateScratch& s) {
  Solution solution;
  solution.model = model;
  solution.pixel = pixel;
  RefineOptions options = base;
  options.reach = 4 * pixel;
  straighten(tracks, start, s);
  solution.fit = refine(s.matches.data(), static_cast<int>(s.matches.size()), model, start, options);
  if (solution.fit.ok) {
    straighten(tracks, solution.fit.h, s);
    options.reach = 3 * pixel;
    options.iterations = 6;
    solution.fit = refine(s.matches.data(), static_cast<int>(s.matches.size()), model, solution.fit.h, options);
  }
  solution.h = solution.fit.h;
  solution.tracked = static_cast<int>(s.matches.size());
  measure(solution, s, base.width, base.height);
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

/// Median displacement: where the translation's refinement starts.
Mat3 medianShift(const EstimateScratch& s) {
  thread_local std::vector<float> dx, dy;
  dx.clear();
  dy.clear();
  for (const WeighedMatch& m : s.matches) {
    dx.push_back(m.match.u - m.match.x);
    dy.push_back(m.match.v - m.match.y);
  }
  if (dx.empty()) return kIdentity;
  std::nth_element(dx.begin(), dx.begin() + dx.size() / 2, dx.end());
  std::nth_element(dy.begin(), dy.begin() + dy.size() / 2, dy.end());
  return {1, 0, dx[dx.size() / 2], 0, 1, dy[dy.size() / 2], 0, 0, 1};
}

Solution climb(const std::vector<Track>& tracks, int width, int height, float pixel, const EstimateOptions& options,
               EstimateScratch& s) {
  collect(tracks, width, height, s);
  Solution nothing;
  nothing.tracked = static_cast<int>(s.matches.size());
  const int n = nothing.tracked;
  if (n < 3) return nothing;
  s.plain.clear();
  for (const WeighedMatch& m : s.matches) s.plain.push_back(m.match);
  RansacOptions sampling;
  sampling.seed = options.seed;
  sampling.width = width;
  sampling.height = height;
  sampling.threshold = 2.5f * pixel;
  sampling.maxIterations = 300;
  const RansacResult similar = ransac(s.plain.data(), n, Model::similarity, sampling, s.ransac);
  RefineOptions refining;
  refining.width = width;
  refining.height = height;

  Solution best = nothing;
  if (similar.found) {
    const Solution full = fitModel(Model::homography, similar.h, tracks, refining, pixel, s);
    if (carries(full, width, height)) best = full;
  }
  if (n >= 20 && (best.model != Model::homography || best.share < 0.7)) {
    sampling.threshold = kThreshold * pixel;
    sampling.maxIterations = 400;
    const RansacResult general = ransac(s.plain.data(), n, Model::homography, sampling, s.ransac);
    if (general.found) {
      const Solution full = fitModel(Model::homography, general.h, tracks, refining, pixel, s);
      if (carries(full, width, height) && full.score > 1.1 * best.score) best = full;
    }
  }
  if (best.model == Model::homography) return best;
  if (similar.found) {
    const Solution rigid = fitModel(Model::similarity, similar.h, tracks, refining, pixel, s);
    if (carries(rigid, width, height)) return rigid;
  }
  const Solution shift = fitModel(Model::translation, medianShift(s), tracks, refining, pixel, s);
  if (carries(shift, width, height)) return shift;
  return nothing;
}

/// 0..1 from what share of the frame agrees, how far it spreads, and how well the corners are known.
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

/// Which of two answers to one pair to believe: the one that more of the frame follows.
double qualityOf(const Solution& s) {
  if (s.model == Model::identity) return 0;
  const double precision = 1 / (1 + s.fit.cornerSigma * s.fit.cornerSigma / 2);
  return (s.pixel > 1 ? 0.6 : 1.0) * s.carried * std::sqrt(s.coverage) * precision;
}

/// Whether a second look is worth its time.
bool doubtful(const Solution& s, std::size_t corners) {
  return s.model != Model::homography || confidenceOf(s, corners) < 0.7 || s.inliers < 0.3 * static_cast<double>(corners);
}

}  // namespace

Estimate estimatePair(const PreparedFrame& previous, const PreparedFrame& current, const Mat3* guess,
                      const EstimateOptions& options, EstimateScratch& s) {
  if (!previous.ready || !current.ready || previous.sourceWidth != current.sourceWidth ||
      previous.sourceHeight != current.sourceHeight) {
    throw std::invalid_argument("estimatePair: both frames must be prepared and of the same size");
  }
  Estimate result;
  const int width = previous.pyramid.level(0).width, height = previous.pyramid.level(0).height;
  const Mat3 down = resizing(previous.sourceWidth, previous.sourceHeight, width, height);
  const Mat3 up = inverse(down);

  s.tracks.clear();
  for (const Corner& c : previous.corners) {
    Track t;
    t.x = c.x + 0.5f;
    t.y = c.y + 0.5f;
    s.tracks.push_back(t);
  }
  s.inlier.assign(s.tracks.size(), 0);

  const FrameDifference difference = frameDifference(previous, current);
  const bool contrast = previous.deviation > 1 && current.deviation > 1;
  if (difference.mean < 0.02 && difference.largest < 0.5 && contrast) {
    result.verdict = Verdict::duplicate;
    result.confidence = 1;
    return result;
  }

  Mat3 guesses[5] = {kIdentity, kIdentity, kIdentity, kIdentity, kIdentity};
  int guessCount = 1;
  if (guess != nullptr) {
    const Mat3 scaled = normalized(multiply(down, multiply(*guess, up)));
    if (plausible(scaled, width, height)) guesses[guessCount++] = scaled;
  }
  TrackOptions tracking;
  tracking.levels = 1;
  while (tracking.levels < 4 && (std::min(width, height) >> tracking.levels) >= 20) tracking.levels++;
  const auto look = [&](std::vector<Track>& tracks) {
    trackPoints(previous.pyramid, current.pyramid, guesses, guessCount, tracking, tracks.data(), static_cast<int>(tracks.size()),
                options.threads);
    return climb(tracks, width, height, static_cast<float>(1 << tracking.finest), options, s);
  };
  Solution solution = look(s.tracks);

  // In doubt (a large jump, blur, a subject that hides the background): shifts from the thumbnails, then the same search on a
  // coarse level, then finely from there.
  double likeness = 1;
  if (contrast && s.tracks.size() >= 8 && doubtful(solution, s.tracks.size()) && std::max(width, height) >= 32) {
    const auto keepBetter = [&](const Solution& other) {
      if (qualityOf(other) <= qualityOf(solution)) return;
      solution = other;
      std::swap(s.tracks, s.retried);
    };
    for (const Region region : {Region::sides, Region::whole}) {
      const ThumbnailShift thumbnails = alignThumbnails(previous, current, region);
      if (region == Region::whole) likeness = thumbnails.correlation;
      if ((thumbnails.x != 0 || thumbnails.y != 0) && thumbnails.correlation > 0.3) {
        guesses[guessCount++] = {1, 0, thumbnails.x, 0, 1, thumbnails.y, 0, 0, 1};
      }
    }
    if (tracking.levels > kCoarse) {
      s.retried = s.tracks;
      tracking.finest = kCoarse;
      const Solution coarse = look(s.retried);
      // Coarse sight blends the layers of a deep scene into one motion: only where fine sight fails.
      if (confidenceOf(solution, s.tracks.size()) < kFailing) keepBetter(coarse);
      tracking.finest = 0;
      if (coarse.model != Model::identity) guesses[guessCount++] = coarse.h;
    }
    s.retried = s.tracks;
    keepBetter(look(s.retried));
  }

  result.tracked = solution.tracked;
  result.inliers = solution.inliers;
  result.coverage = solution.coverage;
  result.cornerSigma = solution.fit.cornerSigma;
  result.scale = solution.fit.scale;
  result.model = solution.model;
  result.confidence = confidenceOf(solution, s.tracks.size());
  result.verdict = result.confidence >= 0.2 ? Verdict::ok : Verdict::weak;
  if (solution.model != Model::identity) {
    result.h = normalized(multiply(up, multiply(solution.h, down)));
    for (std::size_t i = 0; i < s.tracks.size(); i++) {
      const Track& t = s.tracks[i];
      if (!t.ok) continue;
      const Point p = apply(solution.h, t.x, t.y);
      s.inlier[i] = std::hypot(p.x - t.u, p.y - t.v) < kThreshold * solution.pixel;
    }
  }
  // Different scenes: both have something to show, next to nothing was found again, and no shift makes them alike.
  const bool content = previous.deviation > 6 && current.deviation > 6 && s.tracks.size() >= 20;
  if (result.verdict == Verdict::weak && content && likeness < 0.5) {
    result.verdict = Verdict::cut;
    result.h = kIdentity;
    result.model = Model::identity;
    result.confidence = 0;
  }
  return result;
}

}  // namespace gimbal
