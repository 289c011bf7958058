#pragma once
#include <cstdint>

namespace gimbal {

/// What an estimator was made with; checked by who made it.
struct Settings {
  int analysisSize = 640;
  int corners = 400;
  int threads = 1;
  std::uint32_t seed = 1;
  /// Whether a pair remembers which parts of the picture moved with the camera before.
  bool continuity = true;
  /// The CUDA device that computes; −1 is the CPU.
  int device = -1;
};

}  // namespace gimbal
