// A build without CUDA reaches no device.
#include "../device/devices.hpp"
#include "transfers.hpp"

namespace gimbal {

Timing copyTime(int device, const CopyRequest&) {
  requireCudaDevice(device);
  return {};
}

LaunchTimes launchTimes(int device) {
  requireCudaDevice(device);
  return {};
}

}  // namespace gimbal
