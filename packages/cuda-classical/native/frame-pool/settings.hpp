#pragma once
#include <cstdint>
#include <vector>

#include "../shi-tomasi/corner-mask.hpp"

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
  /// Which parts of every frame have no corners, see CornerMask; empty: none.
  std::vector<std::uint8_t> mask;
  int maskWidth = 0, maskHeight = 0;

  CornerMask maskOnHost() const { return {mask.empty() ? nullptr : mask.data(), maskWidth, maskHeight}; }
};

}  // namespace gimbal
