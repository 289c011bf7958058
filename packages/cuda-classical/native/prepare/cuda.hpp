#pragma once
#include <device/cudaStream.hpp>

#include "batch.hpp"
#include "prepare.hpp"

namespace gimbal {

/// Luma planes in device memory, one a frame of a batch.
struct LumaBatch {
  Luma luma[PrepareBatch::kMost];
};

/// Shrinks the luma of a batch to the analysis size.
void resizeLuma(const LumaBatch& lumas, const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, CudaStream stream);

/// The corners of a batch whose pyramids are built, as many as its frames have room for.
void findCorners(const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, CudaStream stream);

/// prepareFrame for a batch whose luma lies on the device: resizeLuma, pyramids, corners.
void prepareFrames(const LumaBatch& lumas, const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch,
                   CudaStream stream);

}  // namespace gimbal
