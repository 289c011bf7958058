#pragma once
#include <device/cuda-stream.hpp>

#include "../tensor/tensor.hpp"

namespace gimbal::nn {

/// A gate of each channel from the mean of all: sigmoid(weights . mean(x) + bias). What the tensor becomes stays pending on it: the gate is
/// the scale with which it is then read.
struct Gate {
  View x;  // nothing pending
  const float* weights = nullptr;  // [channels][channels, padded]
  const float* bias = nullptr;
  float* affine = nullptr;         // [items][channels, padded][2], written
  Active active;
  int items = 0;
  // On a device:
  float* partial = nullptr;      // [items][gateBlocks][channels, padded]
  unsigned* arrivals = nullptr;  // [items], 0 before and after
};

void gate(const Gate& job);

namespace cuda {
int gateBlocks(const Shape& shape);
/// @throws CudaError.
void gate(const Gate& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
