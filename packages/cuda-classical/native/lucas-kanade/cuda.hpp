#pragma once
#include <device/cuda-stream.hpp>

#include "../estimate/pairs.hpp"

namespace gimbal {

/// trackPoints for every pair of a batch: the previous frame's corners, from the guesses and to the level that the pair's state names,
/// into its first list of tracks, or with `again`, for uncertain pairs only, into the one that the solution does not rest on.
void followCorners(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, const TrackOptions& options, bool again,
                   CudaStream stream);

}  // namespace gimbal
