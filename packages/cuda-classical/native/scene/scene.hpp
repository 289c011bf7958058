#pragma once
#include "../prepare/prepare.hpp"

namespace gimbal {

struct FrameDifference {
  double mean = 0;     ///< mean absolute difference in grey levels, at half the analysis size
  double largest = 0;  ///< the same over the 16×16 block that changed most
};

/// How far two frames of the same size differ in place.
FrameDifference frameDifference(const PreparedFrame& a, const PreparedFrame& b);

struct ThumbnailShift {
  /// Displacement previous → current in analysis pixels.
  double x = 0, y = 0;
  /// Zero-mean normalized correlation of the overlap, −1..1; and what it is without a shift.
  double correlation = 0;
  double unshifted = 0;
};

/// Exhaustive search for the shift (up to half the frame) that makes the smallest pyramid levels correlate best.
ThumbnailShift alignThumbnails(const PreparedFrame& previous, const PreparedFrame& current);

}  // namespace gimbal
