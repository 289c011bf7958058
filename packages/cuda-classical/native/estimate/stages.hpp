#pragma once
#include <device/cuda-stream.hpp>

#include "../prepare/batch.hpp"
#include "answer.hpp"

namespace gimbal {

/// Which pass over the pairs a model is selected after.
enum class Pass { first, coarse, last };

struct SelectionOptions {
  int trackLevels = 4;
  bool continuity = true;
  /// Models of a chain are selected one pair after the other, because each passes its trust on to the next; the first uncertain pair ends it for now.
  bool chained = false;
};

/// All that changes from one first pass to the next of its shape: the only launch that it is handed to by value is beginPairs.
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

/// Selects models after a pass and, where that is enough, answers: into the pairs' memory and `answers` (device memory, one a pair).
/// `randomNumbers` are those that follow from the seed, `first` the first pair that has not been answered. A first pass at the rest of a chain whose beginning
/// is uncertain leaves the rest pending.
void selectModels(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, Pass look, const SelectionOptions& options,
                const unsigned* randomNumbers, int first, DeviceAnswer* answers, CudaStream stream);

}  // namespace gimbal
