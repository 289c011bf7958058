#pragma once
#include "cuda.hpp"

namespace gimbal {

/// The grid of cells that corners are spread over; see selectCorners.
struct CornerGrid {
  int cols, rows;
};

/// From the strength of every pixel to the corners: tile maxima, their two orders, and the choice.
void launchSelection(const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, const CornerOptions& options,
                     CudaStream stream);

}  // namespace gimbal
