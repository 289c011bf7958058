#pragma once
#include <cstddef>

#include "../device/cuda-stream.hpp"

namespace gimbal {

/// Copies within a device by a kernel: as fast as kernels can move memory, which the copy engines behind cudaMemcpyAsync may not be.
/// `bytes` is a multiple of 16, both addresses too.
void deviceCopy(void* to, const void* from, std::size_t bytes, CudaStream stream);

}  // namespace gimbal
