#pragma once
#include "../plane/plane.hpp"

namespace gimbal {

/// Area resize (box filter): every destination sample is the mean of the source area it covers, partial samples weighted.
/// Only shrinks or keeps: dst.width <= src.width and dst.height <= src.height, both at least 1; std::invalid_argument otherwise.
/// The float output is in the units of the source samples divided by 2^(bitDepth-8), so that 8 and 10 bit agree (0..255).
void resizeArea(Plane<const std::uint8_t> src, Plane<float> dst, int threads);
void resizeArea(Plane<const std::uint16_t> src, int bitDepth, int shift, Plane<float> dst, int threads);

}  // namespace gimbal
