#pragma once
#include <device/cuda-stream.hpp>

#include "batch.hpp"
#include "prepare.hpp"

namespace gimbal {

/// Shrinks a luma plane in device memory to the analysis size, into rows without gaps.
void resizeLuma(const Luma& luma, const FrameLayout& frame, float* resized, CudaStream stream);

/// The corners of a batch whose pyramids are built, as many as its frames have room for; none where `mask` (in device memory) hides the frame.
void findCorners(const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, const CornerMask& mask, CudaStream stream);

}  // namespace gimbal
