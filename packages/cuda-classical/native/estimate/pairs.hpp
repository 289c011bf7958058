#pragma once
#include "../frame-pool/layout.hpp"
#include "../model-selection/model-selection.hpp"
#include "../lucas-kanade/lucas-kanade.hpp"

namespace gimbal {

/// Where a pair lies in device memory: its frames (see FrameLayout) and what is kept of the pair itself (see PairLayout).
struct PairAddresses {
  const unsigned char* previous;
  unsigned char* current;
  unsigned char* pair;
};

/// Pairs that one launch sequence estimates. Handed to kernels by value; the places lie in device memory, so that a recorded sequence
/// serves other pairs too.
struct PairBatch {
  static constexpr int kMost = 32;
  int count = 0;
  const PairAddresses* at = nullptr;
};

/// What the device keeps of a pair between kernels.
struct PairState {
  static constexpr int kGuesses = 5;
  double guesses[kGuesses][9];
  int guessCount;
  int finest;    ///< level that points are followed to
  int accepted;  ///< which of the two lists of tracks the solution rests on
  int doubtful;  ///< a second pass is due
  double likeness;
  double difference[3];  ///< mean, median and largest, see FrameDifference
  Solution solution;
};

/// Where things lie in a pair's device memory.
struct PairLayout {
  std::size_t state = 0;
  std::size_t tracks[2] = {};   ///< Track per corner
  std::size_t inlier = 0;       ///< byte per corner
  std::size_t evidence = 0;     ///< columns of the match table, `padded` entries each
  std::size_t hypotheses = 0;   ///< Mat3 each, kHypotheses of them
  std::size_t differences = 0;  ///< per 16×16 block: its mean and its sum
  std::size_t gradients[2] = {};  ///< of the two thumbnails
  std::size_t scores = 0;       ///< per region and shift
  std::size_t bytes = 0;
  int padded = 0;               ///< corners, rounded up to eight
  int blockCols = 0, blockRows = 0;  ///< of the difference
  int differenceLevel = 0;
  double differenceArea = 1;         ///< pixels of that level
  int thumbnail = 0;            ///< level that serves as thumbnail
  int coarse = 0;               ///< level on which uncertain pairs are tracked again; 0 when there is none
};

constexpr int kHypotheses = 256;

PairLayout pairLayout(const FrameLayout& frame);

/// Pyramid levels that points are followed through in frames of this size.
int trackLevels(const FrameLayout& frame);

}  // namespace gimbal
