#pragma once
#include "../prepare/prepare.hpp"

namespace gimbal {

struct FrameDifference {
  double mean = 0;     ///< mean absolute difference in grey levels, at half the analysis size
  double median = 0;   ///< the same of the median 16×16 block
  double largest = 0;  ///< and of the block that changed most
};

/// How far two frames of the same size differ in place.
FrameDifference frameDifference(const PreparedFrame& a, const PreparedFrame& b);

struct ThumbnailShift {
  /// Displacement previous → current in analysis pixels.
  double x = 0, y = 0;
  /// Correlation of the gradients in the overlap, −1..1. Of two different scenes one pair in a hundred exceeds 0.45; the same scene,
  /// however blurred, hardly ever falls below 0.75.
  double correlation = 0;
};

/// What of the previous thumbnail is looked for: all of it, or its left and right quarters, where a subject in the middle does not
/// hide how the background moved.
enum class Region { whole, sides };

/// Exhaustive search for the shift (up to half the frame) that makes the gradients of the thumbnails (pyramid levels at most 48
/// pixels wide and high) correlate best. Gradients, because light and dark areas alone make any two pictures alike.
ThumbnailShift alignThumbnails(const PreparedFrame& previous, const PreparedFrame& current, Region region);

}  // namespace gimbal
