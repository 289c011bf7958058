#pragma once
#include <device/cuda-stream.hpp>

#include "../prepare/batch.hpp"

namespace gimbal {

/// Blurs the resized planes of a batch into level 0, and builds and pads the levels above it, at least the first `early` of all.
void buildPyramids(const PrepareBatch& batch, const FrameLayout& frame, int early, CudaStream stream);

/// After buildPyramids with the same `early`: the levels that it left, which one block a frame builds; takes the frames' mean and deviation,
/// and sets their trust to unknown.
void finishPyramids(const PrepareBatch& batch, const FrameLayout& frame, int early, CudaStream stream);

}  // namespace gimbal
