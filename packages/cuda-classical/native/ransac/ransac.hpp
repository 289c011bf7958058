#pragma once
#include <cstdint>
#include <vector>

#include "../homography/homography.hpp"
#include "plausible.hpp"

namespace gimbal {

/// A point of the previous frame, where it went, and what it counts for.
struct Match {
  float x = 0, y = 0;
  float u = 0, v = 0;
  float weight = 1;
};

enum class Model { identity = 0, translation = 1, similarity = 2, homography = 3 };

struct RansacOptions {
  float threshold = 1.5f;  ///< pixels, forward
  double assurance = 0.999;
  int maxIterations = 600;
  std::uint32_t seed = 1;
  /// Frame the points live in: a hypothesis must keep its orientation there and have no horizon near it.
  int width = 0, height = 0;
};

struct RansacResult {
  Mat3 h = kIdentity;
  /// Σ weight · (1 − e²/t²) over the inliers, as a fraction of Σ weight.
  double score = 0;
  int inliers = 0;
  int iterations = 0;
  bool found = false;
};

struct RansacScratch {
  std::vector<float> x, y, u, v, w;
  std::vector<double> cumulated;  ///< running sum of the weights
};

/// Homography (four points a sample) or similarity (two) that the matches agree on; each better hypothesis is first refitted to
/// its inliers (locally optimized). The same seed gives the same answer everywhere.
/// M. Fischler and R. Bolles, CACM 1981; P. Torr and A. Zisserman, MLESAC, CVIU 2000; O. Chum et al., LO-RANSAC, DAGM 2003.
RansacResult ransac(const Match* matches, int count, Model model, const RansacOptions& options, RansacScratch& scratch);

}  // namespace gimbal
