#pragma once
#include "../device/cuda-stream.hpp"
#include "../plane/plane.hpp"

namespace gimbal::cuda {

/// gimbal::resizeArea on planes in memory of the current device: the same bits. Returns before the work on `stream` is done.
/// @throws std::invalid_argument as there, CudaError.
void resizeArea(Plane<const std::uint8_t> src, Plane<float> dst, CudaStream stream);
void resizeArea(Plane<const std::uint16_t> src, int bitDepth, int shift, Plane<float> dst, CudaStream stream);

}  // namespace gimbal::cuda
