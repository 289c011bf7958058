#pragma once
#include <string>
#include <vector>

#include "cuda-stream.hpp"

namespace gimbal {

/// What a device did, and when: milliseconds of the steady clock of this machine.
struct DeviceSpan {
  std::string name;
  int lane;
  double start;
  double end;
};

/// Begins to note what the lanes of this addon do on a device; an earlier trace of it is dropped.
/// @throws CudaError.
void startDeviceTrace(int device);

/// Ends the trace and tells, in no certain order, what was done since it began. Empty where none was begun.
std::vector<DeviceSpan> stopDeviceTrace(int device);

}  // namespace gimbal
