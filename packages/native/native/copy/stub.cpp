// A build without CUDA copies to no device.
#include "../device/devices.hpp"
#include "copy.hpp"

namespace gimbal {

std::shared_ptr<FrameCopier> frameCopier(int device) {
  requireCudaDevice(device);
  return nullptr;
}

}  // namespace gimbal
