#pragma once
#include <cstddef>
#include <cstdint>

#include <plane/host-device.hpp>

namespace gimbal::mosaic {

/// The planes of one picture as a decoder gives them: luma, then Cb and Cr apart or in pairs, or luma alone.
struct Picture {
  struct Samples {
    unsigned char* data = nullptr;
    std::ptrdiff_t stride = 0;  // bytes
  };
  int width = 0;
  int height = 0;
  int planes = 1;  // 1 luma alone, 2 chroma in pairs, 3 apart
  int bytes = 1;   // a sample
  int shift = 0;   // bits by which samples are shifted up
  int chromaShiftX = 1;
  int chromaShiftY = 1;
  Samples plane[3];

  GIMBAL_HOST_DEVICE int chromaWidth() const { return (width + (1 << chromaShiftX) - 1) >> chromaShiftX; }
  GIMBAL_HOST_DEVICE int chromaHeight() const { return (height + (1 << chromaShiftY) - 1) >> chromaShiftY; }
  GIMBAL_HOST_DEVICE int at(int p, int x, int y) const {
    const unsigned char* row = plane[p].data + y * plane[p].stride;
    return bytes == 1 ? row[x] : reinterpret_cast<const std::uint16_t*>(row)[x] >> shift;
  }
  GIMBAL_HOST_DEVICE int chroma(int which, int x, int y) const { return planes == 2 ? at(1, 2 * x + which, y) : at(1 + which, x, y); }
};

}  // namespace gimbal::mosaic
