#include "../simd/avx8.hpp"
#include "track.hpp"

namespace gimbal {

void trackOneAvx2(const PaddedPyramid& previous, const PaddedPyramid& current, const Mat3* guesses, int guessCount,
                  const TrackOptions& options, Track& track) {
  trackOne(previous, current, guesses, guessCount, options, track);
}

}  // namespace gimbal
