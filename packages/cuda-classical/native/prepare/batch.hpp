#pragma once
#include "../frame-pool/layout.hpp"

namespace gimbal {

/// Frames that one launch sequence prepares: for each its memory, and some for a while. Handed to kernels by value.
struct PrepareBatch {
  static constexpr int kMost = 8;
  int count = 0;
  unsigned char* frame[kMost] = {};
  unsigned char* scratch[kMost] = {};
};

}  // namespace gimbal
