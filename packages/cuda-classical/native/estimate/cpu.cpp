#include "estimate.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "../registration/registration.hpp"

namespace gimbal {
namespace {

/// Fine tracking with less confidence than this has failed.
constexpr double kFailing = 0.4;
/// Level on which blurred pairs are looked at again.
constexpr int kCoarse = 2;

/// Between source and analysis pixels, pixel centres on integers in both.
Mat3 resizing(double fromWidth, double fromHeight, double toWidth, double toHeight) {
  const double sx = toWidth / fromWidth, sy = toHeight / fromHeight;
  return {sx, 0, (sx - 1) / 2, 0, sy, (sy - 1) / 2, 0, 0, 1};
}

double largestCornerShift(const Mat3& h, int width, int height) {
  double most = 0;
  for (int k = 0; k < 4; k++) {
    const double x = k % 2 ? width - 1 : 0, y = k / 2 ? height - 1 : 0;
    const Point p = apply(h, x, y);
    most = std::max(most, std::hypot(p.x - x, p.y - y));
  }
  return most;
}

/// Whether a second pass is worth its time.
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
  result.trust = options.trust;
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
    return selectModel(tracks, width, height, static_cast<float>(1 << tracking.finest), options.seed, options.trust, s.selection);
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
      s.inlier[i] = std::hypot(p.x - t.u, p.y - t.v) < kInlierThreshold * solution.pixel;
    }
  }
  if (result.verdict == Verdict::ok) result.trust = updatedTrust(s.tracks, s.inlier, width, height, options.trust);
  // An encoder that meets the same picture again copies most of it to the bit and touches up a block here and there. A camera
  // that moved cannot leave half of the picture as it was.
  if (difference.median < 0.01 && difference.mean < 0.3 && difference.largest < 3 && contrast &&
      solution.model != Model::identity && largestCornerShift(solution.h, width, height) < 0.1) {
    result.verdict = Verdict::duplicate;
    result.h = kIdentity;
    result.model = Model::identity;
    result.confidence = 1;
    return result;
  }
  // Different scenes: both have something to show, next to nothing was found again, and no shift makes them alike. (A pan behind
  // a face may fail too, but the face is found.)
  const bool content = previous.deviation > 6 && current.deviation > 6 && s.tracks.size() >= 20;
  if (result.verdict == Verdict::weak && content && likeness < 0.5 &&
      solution.tracked < 0.25 * static_cast<double>(s.tracks.size())) {
    result.verdict = Verdict::cut;
    result.trust = unknownTrust();
    result.h = kIdentity;
    result.model = Model::identity;
    result.confidence = 0;
  }
  return result;
}

}  // namespace gimbal
