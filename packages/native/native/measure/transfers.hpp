#pragma once
#include <cstddef>

#include "timing.hpp"

namespace gimbal {

// What it costs to reach a device from the host at all. Every call measures on its own streams and memory and gives them back.

/// One copy between host and device.
struct CopyRequest {
  std::size_t bytes;  // 1 to 1 GiB
  bool toDevice;      // or from it
  bool pinned;        // page-locked host memory, or such as `new` gives
};

/// Microseconds of one copy by CUDA's own events, from the stream being free to the bytes being there: the median of 25 after 5.
/// @throws CudaError, std::invalid_argument for a size out of range.
Timing copyTime(int device, const CopyRequest& request);

/// What it costs to start a kernel that does nothing. Microseconds.
struct LaunchTimes {
  Timing issue;       // the host's part of a launch, clock on the wall
  Timing roundTrip;   // from the launch until the host, asleep meanwhile as everywhere here, knows that it is done; clock on the wall
  Timing backToBack;  // of one among many launched one after another, by events
  Timing inGraph;     // of one among many replayed as a CUDA graph, by events
};

/// @throws CudaError.
LaunchTimes launchTimes(int device);

}  // namespace gimbal
