#pragma once
#include "../picture.hpp"

namespace gimbal::interpolate {

/// Finds what stands on the screen while the camera moves under it: print, logos. `mask` (height, width): 1 where luma belongs to it, else 0.
/// A pixel does when both frames show the same there (within ALIKE of 255), the camera moved by more than STILL pixels at that place, and three
/// edges at least that stand in the same way in both frames lie within two pixels of one within three pixels of it. Texture that moved along has no
/// such edges, but for one that lies in the motion's own direction; there both frames are alike, and nothing is lost by holding it.
/// `toFirst`, `toSecond`: 3×3 matrices from the camera half-way into the frames.
/// Returns the number of pixels found.
long findPrint(const Picture& first, const Picture& second, const double* toFirst, const double* toSecond, unsigned char* mask, int threads);

}  // namespace gimbal::interpolate
