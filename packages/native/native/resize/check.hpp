#pragma once
#include <cmath>
#include <stdexcept>
#include <string>

namespace gimbal::resize {

/// @throws std::invalid_argument unless the destination has 1x1 samples to those of the source.
inline void checkShrinks(int srcWidth, int srcHeight, int dstWidth, int dstHeight) {
  if (dstWidth >= 1 && dstHeight >= 1 && dstWidth <= srcWidth && dstHeight <= srcHeight) return;
  const auto size = [](int width, int height) { return std::to_string(width) + "x" + std::to_string(height); };
  throw std::invalid_argument("resizeArea shrinks: the destination must have 1x1 to " + size(srcWidth, srcHeight) +
                              " samples, received " + size(dstWidth, dstHeight));
}

/// What a word counts for in units of 8-bit samples. @throws std::invalid_argument for a depth that no word holds.
inline float wordUnit(int bitDepth, int shift) {
  if (bitDepth < 8 || shift < 0 || bitDepth + shift > 16) {
    throw std::invalid_argument("resizeArea expects 8 to 16 significant bits within a 16-bit word, received " +
                                std::to_string(bitDepth) + " bits shifted by " + std::to_string(shift));
  }
  return std::ldexp(1.0f, -(bitDepth - 8 + shift));
}

}  // namespace gimbal::resize
