#pragma once
#include <device/cuda-stream.hpp>

#include "../tensor/tensor.hpp"

namespace gimbal::nn {

/// y = activation(a + b) of tensors of one shape, with what is pending on each; without b it applies what is pending on a.
struct Add {
  View a;
  View b;
  View y;
  float slope = 1;
  Active active;
  int items = 0;
};

void add(const Add& job, int threads);

namespace cuda {
/// a and b are stored alike, y as they or in float32. @throws CudaError.
void add(const Add& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
