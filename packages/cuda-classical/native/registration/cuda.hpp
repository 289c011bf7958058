#pragma once
#include <device/cuda-stream.hpp>

#include "../estimate/pairs.hpp"

namespace gimbal {

/// frameDifference for the pairs of a batch, into their states.
void differencesInPlace(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, CudaStream stream);

/// alignThumbnails, at the sides and as a whole, for the uncertain pairs; adds the shifts that convince to their guesses, notes how
/// alike the pictures are, and turns to the coarse level if there is one.
void guessFromThumbnails(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, CudaStream stream);

}  // namespace gimbal
