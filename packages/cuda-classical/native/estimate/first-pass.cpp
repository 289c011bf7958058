#include "first-pass.hpp"

#include <algorithm>
#include <device/cuda-check.hpp>

#include "../lucas-kanade/cuda.hpp"
#include "../padded-pyramid/cuda.hpp"
#include "../prepare/cuda.hpp"
#include "../registration/cuda.hpp"

namespace gimbal {

void launchFirstPass(const FirstPassPlan& plan, const FirstPassLayouts& layouts, const FirstPassMemory& memory, const SelectionOptions& options,
                     AuxiliaryStreams& side, CudaStream stream) {
  // One block selects the models of a chain, pair after pair: those of its beginning while the rest is prepared.
  const bool inPieces = plan.chained && plan.groups() > 1;
  const CudaStream selecting = inPieces ? side.selecting.get() : stream;
  const int group = plan.group();
  TrackOptions tracking;
  tracking.levels = options.trackLevels;
  const auto find = [&](const PrepareBatch& batch) {
    side.finding.after(side.built);
    findCorners(batch, layouts.frame, layouts.prepare, layouts.mask, side.finding);
    side.found.record(side.finding);
  };
  const int groups = std::max(1, plan.groups());
  for (int g = 0, seen = 0; g < groups; g++) {
    const PrepareBatch batch{std::min(group, plan.frames - g * group), memory.frames + g * group};
    const bool last = g + 1 == groups;
    const int to = last ? plan.pairs : inPieces ? plan.complete[g] : seen;
    const PairBatch pairs{to - seen, memory.pairs + seen};
    // The levels that points are followed through first; only model selection waits for the rest.
    if (batch.count > 0) buildPyramids(batch, layouts.frame, tracking.levels, stream);
    side.built.record(stream);
    if (plan.cornersFirst) find(batch);
    if (pairs.count > 0) {
      if (plan.cornersFirst) streamAfter(stream, side.found);
      followCorners(pairs, layouts.frame, layouts.pair, tracking, false, stream);
    }
    side.comparing.after(side.built);
    if (batch.count > 0) finishPyramids(batch, layouts.frame, tracking.levels, side.comparing);
    if (pairs.count == 0) continue;
    differencesInPlace(pairs, layouts.frame, layouts.pair, side.comparing);
    side.compared.record(side.comparing);
    if (inPieces) {
      side.followed.record(stream);
      streamAfter(selecting, side.followed);
    }
    streamAfter(selecting, side.compared);
    selectModels({to, memory.pairs}, layouts.frame, layouts.pair, Pass::first, options, memory.randomNumbers, seen, memory.answers, selecting);
    seen = to;
  }
  const std::size_t bytes = plan.pairs * sizeof(DeviceAnswer);
  cudaCheck(cudaMemcpyAsync(memory.answersOnHost, memory.answers, bytes, cudaMemcpyDeviceToHost, selecting), "classical: reading answers");
  // Put there last, so that the host gets to the launches that the answer waits for sooner. There is one group then: see LookPlan.
  if (!plan.cornersFirst && plan.frames > 0) find({plan.frames, memory.frames});
  if (plan.frames > 0) streamAfter(stream, side.found);
  if (inPieces) {
    side.selected.record(selecting);
    streamAfter(stream, side.selected);
  }
}

}  // namespace gimbal
