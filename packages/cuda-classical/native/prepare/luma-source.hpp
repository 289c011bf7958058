#pragma once
#include <device/cuda-stream.hpp>

#include "prepare.hpp"

namespace gimbal {

/// A luma plane in host memory, or on the estimator's device.
struct LumaSource {
  Luma luma;
  bool onDevice = false;
  /// On the device: the stream on which the samples are ready; null when they already are.
  CudaStream ready = nullptr;
};

}  // namespace gimbal
