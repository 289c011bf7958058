#pragma once
#include <device/cudaStream.hpp>

#include "../prepare/batch.hpp"

namespace gimbal {

/// Blurs the resized planes of a batch into level 0, builds and pads the levels above it, and takes the frames' mean and deviation;
/// also sets the frames' trust to unknown.
void buildPyramids(const PrepareBatch& batch, const FrameLayout& frame, CudaStream stream);

}  // namespace gimbal
