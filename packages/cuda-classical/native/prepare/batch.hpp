#pragma once
#include "../frame-pool/layout.hpp"

namespace gimbal {

/// Where a frame lies in device memory while it is prepared.
struct FrameAddresses {
  unsigned char* frame;    ///< what is kept of it, see FrameLayout
  unsigned char* scratch;  ///< what it needs for a while, see PrepareLayout
  float* resized;          ///< its luma in the analysis size, tightly packed
};

/// Frames that one launch sequence prepares. Handed to kernels by value; the places lie in device memory, so that a recorded sequence
/// serves other frames too.
struct PrepareBatch {
  static constexpr int kMost = 8;
  int count = 0;
  const FrameAddresses* at = nullptr;
};

}  // namespace gimbal
