#pragma once
#include <device/cuda-stream.hpp>

#include "../prepare/batch.hpp"
#include "answer.hpp"

namespace gimbal {

/// Which look at the pairs the ladder is climbed after.
enum class Pass { first, coarse, last };

struct SelectionOptions {
  int trackLevels = 4;
  bool continuity = true;
  /// Pairs of a chain are climbed one after the other, because each leaves its trust to the next; the first in doubt ends it for now.
  bool chained = false;
};

/// All that changes from one first look to the next of its shape: the only launch that it is handed to by value is beginPairs.
struct LaunchArguments {
  static constexpr int kFrames = 2 * PairBatch::kMost;
  int frames = 0;  ///< that are to be prepared
  int pairs = 0;
  unsigned guessed = 0;  ///< bit per pair: it brings a guess
  unsigned char* frame[kFrames];
  const unsigned char* previous[PairBatch::kMost];
  unsigned char* current[PairBatch::kMost];
  /// The first of equal parts, and the bytes of each. Frames take turns at the scratch memory.
  unsigned char *scratch = nullptr, *resized = nullptr, *pair = nullptr;
  std::size_t scratchBytes = 0, resizedBytes = 0, pairBytes = 0;
};

/// Writes into device memory where everything lies, `frames` and `pairs`, and the first guesses into the states of the pairs.
/// `questions` is in device memory, and read for pairs that bring a guess.
void beginPairs(const LaunchArguments& placement, const PairLayout& layout, const PairQuestion* questions, FrameAddresses* frames, PairAddresses* pairs,
                CudaStream stream);

/// Climbs the ladder after a look and, where that settles it, answers: into the pairs' memory and `answers` (device memory, one a pair).
/// `randomNumbers` are the throws of the seed, `first` the first pair that has not been answered. A first look at the rest of a chain whose beginning
/// is in doubt leaves the rest pending.
void selectModels(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, Pass look, const SelectionOptions& options,
                const unsigned* randomNumbers, int first, DeviceAnswer* answers, CudaStream stream);

}  // namespace gimbal
