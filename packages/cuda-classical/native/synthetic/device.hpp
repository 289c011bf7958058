#pragma once
#include <cstdio>
#include <device/devices.hpp>

namespace gimbal::synthetic {

/// What ctest takes for "not run".
constexpr int kSkipped = 77;

/// Whether there is a device to test on; prints why not.
inline bool deviceThere() {
  const CudaReport report = cudaReport();
  if (report.unavailable.empty()) return true;
  std::printf("skipped: %s\n", report.unavailable.c_str());
  return false;
}

}  // namespace gimbal::synthetic
