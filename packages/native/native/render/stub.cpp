// A build without CUDA renders on no device.
#include "../device/devices.hpp"
#include "render.hpp"

namespace gimbal {

std::shared_ptr<DeviceRenderer> deviceRenderer(int device) {
  requireCudaDevice(device);
  return nullptr;
}

std::unique_ptr<DeviceMemory> deviceMemory(int device, std::size_t) {
  requireCudaDevice(device);
  return nullptr;
}

}  // namespace gimbal
