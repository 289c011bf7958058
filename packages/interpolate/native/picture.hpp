#pragma once
#include <cstddef>
#include <cstdint>

namespace gimbal::interpolate {

/// Samples of one plane. `step`: samples from one to the next in a row (2 where U and V lie in pairs).
struct Samples {
  unsigned char* data = nullptr;
  std::ptrdiff_t stride = 0;  // bytes
  int width = 0;
  int height = 0;
  int step = 1;
};

/// The planes of a frame: luma, or luma and two planes of chroma.
struct Picture {
  int planes = 1;
  int bytes = 1;     // a sample
  int bitDepth = 8;  // significant bits
  int shift = 0;     // bits by which samples are shifted up
  Samples plane[3];

  int width() const { return plane[0].width; }
  int height() const { return plane[0].height; }
  /// Code values to the network's numbers: code / 255 of 8 bits, minus a half.
  float scale() const { return 1.0f / (255.0f * static_cast<float>(1 << (bitDepth - 8))); }
};

}  // namespace gimbal::interpolate
