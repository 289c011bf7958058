#pragma once
#include <array>
#include <compare>
#include <device/stream.hpp>

#include "../shi-tomasi/corner-mask.hpp"
#include "stages.hpp"

namespace gimbal {

/// The shape of a first pass: everything that its launches depend on, apart from what they read in device memory.
struct FirstPassPlan {
  /// Frames of a group. Those of a chain are few, so that model selection can begin sooner.
  static constexpr int kApart = PrepareBatch::kMost, kChained = 4;
  static constexpr int kGroups = LaunchArguments::kFrames / kChained;
  int width = 0, height = 0;  ///< of the source
  int frames = 0;             ///< that are to be prepared, group by group
  int pairs = 0;
  bool chained = false;       ///< a pair's answer matters to a later pair
  /// The pairs need the corners of the frames that are to be prepared. All but a pair alone do whose first frame is prepared.
  bool cornersFirst = false;
  std::array<int, kGroups> complete{};  ///< per group: how many pairs have both frames when it is prepared

  int group() const { return chained ? kChained : kApart; }
  int groups() const { return (frames + group() - 1) / group(); }
  auto operator<=>(const FirstPassPlan&) const = default;
};

/// What a first pass reads and writes. Nothing here changes while memory stays where it is.
struct FirstPassMemory {
  const FrameAddresses* frames;
  const PairAddresses* pairs;
  const unsigned* randomNumbers;
  DeviceAnswer* answers;
  DeviceAnswer* answersOnHost;  ///< page-locked
};

struct FirstPassLayouts {
  FrameLayout frame;
  PrepareLayout prepare;
  PairLayout pair;
  CornerMask mask;  ///< in device memory, the same for all sizes
};

/// What runs beside the main stream: what a pair can do without for a while (the corners of its current frame, small levels, and how the
/// frames differ in place), and the model selection of a chain, which leaves the device nearly idle.
struct AuxiliaryStreams {
  Stream finding, comparing, selecting;
  Event built, found, followed, compared, selected;
};

/// The launches of a first pass, after beginPairs and resizeLuma: pyramids, corners, tracks, models, answers. All of it is done when `stream`
/// is. Calls nothing that waits or allocates, so it may be recorded as a graph.
void launchFirstPass(const FirstPassPlan& plan, const FirstPassLayouts& layouts, const FirstPassMemory& memory, const SelectionOptions& options,
                     AuxiliaryStreams& side, CudaStream stream);

}  // namespace gimbal
