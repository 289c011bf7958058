#pragma once
#include <cstdint>
#include <vector>

#include "weighted-matches.hpp"

namespace gimbal {

/// An inlier lies within this of its prediction, in pixels of the level that the points were followed on.
constexpr float kInlierThreshold = 1.5f;

/// What the tracks of one pair say of the camera, in analysis pixels.
struct Solution {
  Mat3 h = kIdentity;
  Model model = Model::identity;
  RefineResult fit;
  double share = 0;     ///< weight of the inliers over weight of the matches
  double inlierWeight = 0;   ///< weight of the inliers
  double score = 0;     ///< the same, each counting less the farther it is from its prediction
  double coverage = 0;  ///< fraction of the frame's cells that hold an inlier
  int inliers = 0;
  int tracked = 0;
  float pixel = 1;  ///< of the level that the points were followed on, in analysis pixels
};

struct ModelSelectionScratch {
  WeightedMatches evidence;
  std::vector<Match> plain;
  RansacScratch ransac;
};

/// The richest model that the evidence carries: homography, similarity, translation, or the identity when it carries none. Each
/// must be plausible, rest on enough inliers spread over enough of the frame, and know the frame's corners well enough.
/// `pixel` is the size, in analysis pixels, of the level that the tracks were followed on.
Solution selectModel(const std::vector<Track>& tracks, int width, int height, float pixel, std::uint32_t seed, const CellTrust& trust,
               ModelSelectionScratch& scratch);

/// 0..1 from what share of the frame agrees, how far it spreads, how well the corners are known, and how many of the `corners`
/// that were looked for are among the inliers.
double confidenceOf(const Solution& solution, std::size_t corners);

/// Which of two answers to one pair to believe: the one that more of the frame follows.
double qualityOf(const Solution& solution);

}  // namespace gimbal
