#pragma once
#include "../picture.hpp"

namespace gimbal::interpolate {

/// Finds what stands on the screen while the camera moves under it: print, logos. `mask` (height, width): 1 where luma belongs to it, 2 within two
/// pixels of that, else 0.
/// A pixel does when both frames show the same there (within ALIKE of 255), the camera moved by more than STILL pixels at that place, and three
/// edges at least lie within two pixels of one within three pixels of it, and 24 within eight, that stand in the same way in both frames and that the camera's motion
/// contradicts: what it would carry there looks otherwise. Texture that moved along has no such edges.
/// `toFirst`, `toSecond`: 3×3 matrices from the camera half-way into the frames, each the other's inverse.
/// Returns the number of pixels found.
long findPrint(const Picture& first, const Picture& second, const double* toFirst, const double* toSecond, unsigned char* mask, int threads);

}  // namespace gimbal::interpolate
