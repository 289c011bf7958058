#pragma once
#include <device/cuda-stream.hpp>

#include "../prepare/batch.hpp"
#include "shi-tomasi.hpp"

namespace gimbal {

/// The best pixel of a tile, on its way to become a corner.
struct Candidate {
  int x, y;
  float strength;
  int cell;
  int tile;   ///< row by row: what equal strengths are ordered by
  int place;  ///< in the order by strength
};

/// Corners of the frames of a batch, whose pyramids are built: gradients, cornerStrength and selectCorners, which give the same corners
/// in the same order, none where `mask` (in device memory) hides the frame. `options.count` is at most 4000 and the layout's cornerCapacity.
void findCorners(const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, const CornerOptions& options,
                 const CornerMask& mask, CudaStream stream);

}  // namespace gimbal
