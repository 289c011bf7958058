#pragma once
#include <device/cuda-stream.hpp>

#include "../tensor/tensor.hpp"

namespace gimbal::nn {

/// The same numbers stored otherwise: another type, another padding, nothing pending any more. How inputs come in and outputs leave.
struct Convert {
  View x;
  View y;
  Active active;
  int items = 0;
};

void convert(const Convert& job);

namespace cuda {
/// @throws CudaError.
void convert(const Convert& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
