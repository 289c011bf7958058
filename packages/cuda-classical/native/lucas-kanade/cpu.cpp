#include "lucas-kanade.hpp"

#include <functional>
#include <isa/isa.hpp>
#include <parallel/parallel.hpp>
#include <stdexcept>

#include "../simd/plain8.hpp"
#include "track.hpp"

namespace gimbal {

void trackOneAvx2(const PaddedPyramid& previous, const PaddedPyramid& current, const Mat3* guesses, int guessCount,
                  const TrackOptions& options, Track& track);

void trackPoints(const PaddedPyramid& previous, const PaddedPyramid& current, const Mat3* guesses, int guessCount,
                 const TrackOptions& options, Track* tracks, int count, int threads) {
  if (guessCount < 1) throw std::invalid_argument("trackPoints: at least one guess is needed (the identity will do)");
  if (previous.levels() < 1 || previous.levels() != current.levels() || previous.level(0).width != current.level(0).width ||
      previous.level(0).height != current.level(0).height) {
    throw std::invalid_argument("trackPoints: both pyramids must have the same size");
  }
  const auto body = [&](int from, int to) {
#if defined(GIMBAL_X86)
    if (activeIsa() >= Isa::avx2) {
      for (int i = from; i < to; i++) trackOneAvx2(previous, current, guesses, guessCount, options, tracks[i]);
      return;
    }
#endif
    for (int i = from; i < to; i++) trackOne(previous, current, guesses, guessCount, options, tracks[i]);
  };
  parallelFor(0, count, 32, threads, std::cref(body));
}

}  // namespace gimbal
