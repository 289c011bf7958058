#pragma once
#include "../homography/homography.hpp"
#include "../padded-pyramid/padded-pyramid.hpp"

namespace gimbal {

/// Where one point of the previous frame went, and how well that is known. Pixels of level 0.
struct Track {
  float x = 0, y = 0;  ///< in the previous frame
  float u = 0, v = 0;  ///< in the current frame
  /// Σ g gᵀ over the window (xx, xy, yy), brightness and contrast projected out: the information about (u, v) for unit noise.
  float info[3] = {0, 0, 0};
  /// (Σ g gᵀ)⁻¹ Σ (x−cx) g gᵀ and the same for y, row-major 2×2: what a linear change of the motion across the window adds to
  /// the displacement that the window reports.
  float slopeX[4] = {0, 0, 0, 0};
  float slopeY[4] = {0, 0, 0, 0};
  float residual = 0;     ///< RMS grey levels left after brightness and contrast are matched
  float correlation = 0;  ///< zero-mean normalized correlation of the two windows
  float backward = 0;     ///< distance in pixels from where tracking back ends
  bool ok = false;
};

struct TrackOptions {
  int levels = 4;              ///< pyramid levels used at most
  int finest = 0;              ///< level that the way ends at: 0, or more for blurred pictures (the answer is then that much coarser)
  int coarseIterations = 8;
  int fineIterations = 6;      ///< bilinear, at the finest level
  int finalIterations = 3;     ///< six-tap, at the finest level
  float maxBackward = 0.7f;    ///< pixels of the finest level; farther means lost
  float minCorrelation = 0.5f;
};

/// Pyramidal Lucas-Kanade with a 16×16 window: inverse compositional, the window's mean and contrast projected out of its
/// gradients so that flicker and flashes do not pull, then the way back from the point that was found.
/// `tracks[i].x, .y` are read (they are the *centre* of the window: an integer plus one half keeps the template off the
/// interpolator), the rest is written. Every point starts from the guess that fits its window best at the coarsest level;
/// `guesses` map level-0 pixels of the previous frame to the current one and number at least one.
/// Both pyramids have the same size; std::invalid_argument otherwise.
/// S. Baker and I. Matthews, Lucas-Kanade 20 Years On, IJCV 2004. Z. Kalal et al., Forward-Backward Error, ICPR 2010.
void trackPoints(const PaddedPyramid& previous, const PaddedPyramid& current, const Mat3* guesses, int guessCount,
                 const TrackOptions& options, Track* tracks, int count, int threads);

}  // namespace gimbal
