#pragma once
#include "../homography/homography.hpp"
#include "../ransac/ransac.hpp"

namespace gimbal {

/// A match with what is known of its error: information for unit noise (see Track) and the noise itself.
struct WeightedMatch {
  Match match;
  float info[3] = {1, 0, 1};
  float noise = 1;  ///< grey levels
  /// What it counts for here; `match.weight` is its vote in the search for the motion to refine.
  float weight = 1;
};

struct RefineOptions {
  int width = 0, height = 0;
  int iterations = 8;
  /// Matches farther than this from the starting map stay out, in pixels.
  float reach = 4;
  /// One standard deviation that the four parameters beyond the similarity are expected to have, as displacement in pixels at
  /// half the frame's diagonal from its centre: thin evidence then cannot make perspective wobble.
  double shapePrior = 2;
};

struct RefineResult {
  Mat3 h = kIdentity;
  /// Standard deviation of the map's answer, in pixels: root mean square over the four frame corners and both axes.
  double cornerSigma = 1e9;
  /// Robust scale of the inliers' residuals, in pixels per axis.
  double scale = 0;
  /// Σ of robust weights: how many matches carry the answer.
  double support = 0;
  bool ok = false;
};

/// Iteratively reweighted least squares (Tukey's biweight, scale from the median absolute deviation, annealed) from a starting
/// map, in Hartley-normalized coordinates. Every match counts by its own covariance plus the scene's deviation from the model.
/// For `translation`, the linear part of `start` is kept and only its shift is refined.
/// P. Huber and E. Ronchetti, Robust Statistics, 2009; R. Hartley, In Defence of the Eight-Point Algorithm, PAMI 1997.
RefineResult refine(const WeightedMatch* matches, int count, Model model, const Mat3& start, const RefineOptions& options);

}  // namespace gimbal
