#pragma once
#include <device/cuda-stream.hpp>

#include "../tensor/tensor.hpp"

namespace gimbal::nn {

/// The largest of every 2 x 2 pixels; a last odd row or column is left out.
struct Pool {
  View x;
  View y;
  Active active;
  int items = 0;
};

void pool(const Pool& job);

namespace cuda {
/// x and y are stored alike. @throws CudaError.
void pool(const Pool& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
