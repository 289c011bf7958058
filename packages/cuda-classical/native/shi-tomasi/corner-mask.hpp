#pragma once
#include <cstdint>
#include <plane/host-device.hpp>

namespace gimbal {

/// Which parts of a frame have no corners: a picture of any size that is spread over the frame, row by row without gaps; 0 is left out.
struct CornerMask {
  const std::uint8_t* samples = nullptr;  ///< null: nothing is left out; in the memory of whoever looks for corners
  int width = 0, height = 0;

  /// Whether pixel (x, y) of a plane of planeWidth × planeHeight is left out.
  GIMBAL_HOST_DEVICE bool hides(int x, int y, int planeWidth, int planeHeight) const {
    return samples != nullptr && samples[y * height / planeHeight * width + x * width / planeWidth] == 0;
  }
};

}  // namespace gimbal
