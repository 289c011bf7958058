#pragma once
#include "../picture.hpp"

namespace gimbal::interpolate {

/// What the encoder sees of a picture: `out` (6, rows, columns), floats. Cell (x, y) is the 2 × 2 block of luma at (2x, 2y) (its four samples row
/// by row), U and V, of the picture fetched bilinearly from where `matrix` (3×3, row-major) sends the pixels. Beyond the border the last sample
/// counts, so a size that the network needs may be larger than the picture. Numbers are code / 255 (of 8 bits) - 0.5; gray has no colour, 0.
void halfPicture(const Picture& picture, const double* matrix, int columns, int rows, float* out, int threads);

/// One level's maps: `features` (2, channels, rows, columns), of both pictures. `flow` (4, rows / 2, columns / 2) and `said`
/// (4 + context, same size) come from the next coarser level, whose stride is twice `stride`; null at the coarsest.
struct Level {
  const float* features = nullptr;
  int channels = 0;
  int rows = 0;
  int columns = 0;
  int stride = 0;
  int radius = 0;
  const float* flow = nullptr;
  const float* said = nullptr;
  int context = 0;
};

/// Channels of what a decoder sees.
inline int seenChannels(const Level& l) {
  return (2 * l.radius + 1) * (2 * l.radius + 1) + 2 * l.channels + (l.said != nullptr ? 4 + l.context : 0);
}

/// Makes what a level's decoder sees: the symmetric correlation of both features (first at x - d, second at x + d, over the square root of the
/// channels; zero outside), the features fetched from where the flows point, the flows / 32 and the context. `flow`, in luma pixels, is the
/// coarser one plus what its decoder said (in cells of its stride), enlarged bilinearly; written to `enlarged` (4, rows, columns).
/// `seen`: (seenChannels, rows, columns).
void lookAt(const Level& level, float* seen, float* enlarged, int threads);

/// The last step: `flow` (4, rows, columns) plus `said` times `stride`, in place.
void addStep(float* flow, const float* said, int rows, int columns, int stride);

}  // namespace gimbal::interpolate
