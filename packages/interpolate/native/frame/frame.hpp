#pragma once
#include "../picture.hpp"

namespace gimbal::interpolate {

/// A pair of frames and how the camera lies between them. The middle camera's picture is where motion was measured. 3×3 matrices, row-major:
/// `toFirst` and `toSecond` send pixels of the middle camera into the frames, `toMiddle` those of the camera at the made moment into the middle
/// one. `t` in (0, 1). `flow` (4, rows, columns) at stride 4, in luma pixels of the middle camera, from the middle moment into first and second;
/// `context` (channels, rows, columns) beside it. Both null: the camera's motion is all there is.
struct Pair {
  const Picture* first = nullptr;
  const Picture* second = nullptr;
  const double* toFirst = nullptr;
  const double* toSecond = nullptr;
  const double* toMiddle = nullptr;
  float t = 0.5f;
  const float* flow = nullptr;
  const float* context = nullptr;
  int channels = 0;
  int columns = 0;  // at stride 4
  int rows = 0;
  /// (height, width) of the frames: as of print/print.hpp; null: nothing stands on the screen.
  const unsigned char* print = nullptr;
};

/// Channels of what the synthesis sees.
constexpr int SEEN = 19;

/// Fetches both frames for the made moment, each sample once, bicubically: `seen` (19, 2 rows, 2 columns) are first and second (4 luma, U, V),
/// whether each lies in its frame and comes from under no print (0 or 1), the flows / 32 and t. `timed` (4, rows, columns): the flows carried to t along themselves;
/// `context` (channels, rows, columns) with them, in the camera of the made moment.
void fetchPair(const Pair& pair, float* seen, float* timed, float* context, int threads);

/// What was found while a frame was made.
struct Made {
  double difference = 0;  // mean difference of both fetched lumas where both lie in their frames, of 255
  double poor = 0;        // share of the 16 × 16 blocks where it is above POOR
  double guarded = 0;     // share of the picture that was taken from the same place of the screen
  double seen = 0;        // share of the picture that lies in at least one frame
};

/// A block whose fetched lumas differ by more than this (of 255) does not show one thing.
constexpr float POOR = 16;

/// Mixes the fetched pictures into `target`. `said` (11, 2 rows, 2 columns): the first one's weights (4 luma, 1 chroma, before the sigmoid) and a
/// residual (6); null: weights by time alone. A made value leaves the range of the two fetched by `margin` at most. With `guard`, cells of 2 × 2
/// pixels that both frames show alike at the same place of the screen keep their place where the fetched pictures lie less than a
/// pixel away; all of them in a pair that shows the same everywhere; and pixels of print.
Made mixPair(const Pair& pair, const float* seen, const float* timed, const float* said, float margin, bool guard, const Picture& target,
             int threads);

}  // namespace gimbal::interpolate
