#pragma once
#include <cstdint>
#include <vector>

#include "../model-selection/model-selection.hpp"
#include "../prepare/prepare.hpp"

namespace gimbal {

enum class Verdict { ok = 0, weak = 1, cut = 2, duplicate = 3 };

struct EstimateOptions {
  std::uint32_t seed = 1;
  int threads = 1;
  /// Of the previous frame's cells, from the pairs before.
  CellTrust trust = unknownTrust();
};

struct Estimate {
  /// Previous → current in pixels of the source, pixel centres on integers.
  Mat3 h = kIdentity;
  Model model = Model::identity;
  Verdict verdict = Verdict::weak;
  double confidence = 0;
  int tracked = 0;
  int inliers = 0;
  /// Fraction of the frame's cells that hold an inlier; expected error at the corners and residual scale, in analysis pixels.
  double coverage = 0;
  double cornerSigma = 0;
  double scale = 0;
  /// Of the current frame's cells, for the next pair.
  CellTrust trust = unknownTrust();
};

/// Buffers kept from pair to pair, and what the last pair left in them.
struct EstimateScratch {
  std::vector<Track> tracks;
  std::vector<Track> retried;
  std::vector<std::uint8_t> inlier;  ///< per track
  ModelSelectionScratch selection;
};

/// Follows the previous frame's corners and selects the model; when uncertain it tracks again, coarsely and from other guesses.
/// `guess` (source pixels) may be null. The verdict: `duplicate` when the picture is repeated, `cut` when both frames show something
/// and not the same, `weak` when there is nothing to go by, otherwise `ok`.
/// Both frames are ready and of one size; std::invalid_argument otherwise.
Estimate estimatePair(const PreparedFrame& previous, const PreparedFrame& current, const Mat3* guess,
                      const EstimateOptions& options, EstimateScratch& scratch);

}  // namespace gimbal
