#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "../frame-pool/frame-pool.hpp"
#include "../prepare/luma-source.hpp"

namespace gimbal {

/// A pair of frames that the addon was asked about.
struct PairRequest {
  std::shared_ptr<SharedFrame> frames[2];
  LumaSource lumas[2];
  std::optional<Mat3> guess;
};

struct PairAnswer {
  Estimate estimate;
  /// Only where asked for: what became of every corner of the first frame, whether it followed the answer, and the analysis size.
  std::vector<Track> tracks;
  std::vector<std::uint8_t> inlier;
  AnalysisSize analysis;
};

/// Answers pairs in their order, on the pool's device or on the CPU: the same answers together as one by one. Frames that are not prepared
/// yet are prepared first.
/// @throws std::invalid_argument for frames of different sizes or device memory without a device, CudaError.
std::vector<PairAnswer> answerPairs(Pool& pool, const std::vector<PairRequest>& requests, bool wantTracks);

/// What the pairs before said of the cells of a frame that was the second of an answered pair. @throws CudaError
CellTrust trustOf(Pool& pool, SharedFrame& frame);

/// Lets a frame that no pair has met begin with the trust that another estimator gave it.
void carryTrust(Pool& pool, SharedFrame& frame, const CellTrust& trust);

/// Makes the device's context, code and memory ready, so that the first answer is as fast as the rest. Nothing to do on the CPU.
void warmUp(Pool& pool);

}  // namespace gimbal
