#pragma once
#include "../device/cuda-stream.hpp"
#include "../plane/plane.hpp"

namespace gimbal::cuda {

/// gimbal::pyramidDown on planes in memory of the current device: the same bits. Returns before the work on `stream` is done.
/// @throws std::invalid_argument as there, CudaError.
void pyramidDown(Plane<const float> src, Plane<float> dst, CudaStream stream);

}  // namespace gimbal::cuda
