#pragma once
#include "../model-selection/weighted-matches.hpp"
#include "pairs.hpp"

namespace gimbal {

/// What comes back from the device for a pair: an Estimate but for the trust, which stays with the frame.
struct DeviceAnswer {
  double h[9];
  double confidence, coverage, cornerSigma, scale;
  int model, verdict, tracked, inliers;
  /// The pair is uncertain and waits for a second pass, or for the pair before it: there is no answer yet.
  int pending;
  int padding;
};

/// What the host says about a pair that brings a guess.
struct PairQuestion {
  double guess[9];  ///< in analysis pixels
};

}  // namespace gimbal
