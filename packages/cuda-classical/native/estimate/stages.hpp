#pragma once
#include <device/cudaStream.hpp>

#include "answer.hpp"

namespace gimbal {

/// Which look at the pairs the ladder is climbed after.
enum class Look { first, coarse, last };

struct ClimbOptions {
  int trackLevels = 4;
  bool continuity = true;
  /// Pairs of a chain are climbed one after the other, because each leaves its trust to the next; the first in doubt ends it for now.
  bool chained = false;
};

/// Writes the first guesses into the states of a batch. `questions` (device memory) may be null when no pair brings a guess.
void beginPairs(const PairBatch& batch, const PairLayout& pair, const PairQuestion* questions, CudaStream stream);

/// Climbs the ladder after a look and, where that settles it, answers: into the pairs' memory and `answers` (device memory, one a pair).
/// `dice` are the throws of the seed, `first` the first pair that has not been answered.
void climbPairs(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, Look look, const ClimbOptions& options,
                const unsigned* dice, int first, DeviceAnswer* answers, CudaStream stream);

}  // namespace gimbal
