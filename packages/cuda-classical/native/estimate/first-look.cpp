#include "first-look.hpp"

#include <algorithm>
#include <device/cudaCheck.hpp>

#include "../lucas-kanade/cuda.hpp"
#include "../padded-pyramid/cuda.hpp"
#include "../prepare/cuda.hpp"
#include "../scene/cuda.hpp"

namespace gimbal {

void launchFirstLook(const LookPlan& plan, const LookLayouts& layouts, const LookMemory& memory, const ClimbOptions& options,
                     SideStreams& side, CudaStream stream) {
  // A chain is climbed by one block, pair after pair: its beginning is climbed while the rest is prepared.
  const bool inPieces = plan.chained && plan.groups() > 1;
  const CudaStream climbing = inPieces ? side.climbing.get() : stream;
  TrackOptions tracking;
  tracking.levels = options.trackLevels;
  const auto find = [&](const PrepareBatch& batch) {
    side.finding.after(side.built);
    findCorners(batch, layouts.frame, layouts.prepare, side.finding);
    side.found.record(side.finding);
  };
  const auto look = [&](int from, int to) {
    const PairBatch batch{to - from, memory.pairs + from};
    side.comparing.after(side.built);
    differencesInPlace(batch, layouts.frame, layouts.pair, side.comparing);
    side.compared.record(side.comparing);
    if (plan.cornersFirst) streamAfter(stream, side.found);
    followCorners(batch, layouts.frame, layouts.pair, tracking, false, stream);
    if (inPieces) {
      side.followed.record(stream);
      streamAfter(climbing, side.followed);
    }
    streamAfter(climbing, side.compared);
    climbPairs({to, memory.pairs}, layouts.frame, layouts.pair, Look::first, options, memory.dice, from, memory.answers, climbing);
  };
  const int groups = std::max(1, plan.groups());
  for (int g = 0, seen = 0; g < groups; g++) {
    const int first = g * PrepareBatch::kMost;
    const PrepareBatch batch{std::min(PrepareBatch::kMost, plan.frames - first), memory.frames + first};
    const bool last = g + 1 == groups;
    if (batch.count > 0) buildPyramids(batch, layouts.frame, stream);
    side.built.record(stream);
    if (plan.cornersFirst) find(batch);
    const int to = last ? plan.pairs : inPieces ? plan.complete[g] : 0;
    if (to > seen) {
      look(seen, to);
      seen = to;
    }
    if (!last) continue;
    const std::size_t bytes = plan.pairs * sizeof(DeviceAnswer);
    cudaCheck(cudaMemcpyAsync(memory.answersOnHost, memory.answers, bytes, cudaMemcpyDeviceToHost, climbing), "classical: reading answers");
    // Put there last, so that the host gets to the launches that the answer waits for sooner.
    if (!plan.cornersFirst && batch.count > 0) find(batch);
  }
  if (plan.frames > 0) streamAfter(stream, side.found);
  if (inPieces) {
    side.climbed.record(climbing);
    streamAfter(stream, side.climbed);
  }
}

}  // namespace gimbal
