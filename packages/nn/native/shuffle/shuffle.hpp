#pragma once
#include <device/cuda-stream.hpp>

#include "../tensor/tensor.hpp"

namespace gimbal::nn {

/// Channels become pixels: y[r][c][k] = x[r / f][c / f][k f^2 + (r mod f) f + c mod f] + residual[r][c][k], then the activation
/// (Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel CNN", CVPR 2016).
struct Shuffle {
  View x;
  View residual;
  View y;
  int factor = 2;
  float slope = 1;
  Active active;
  int items = 0;
};

void shuffle(const Shuffle& job);

namespace cuda {
/// All are stored alike. @throws CudaError.
void shuffle(const Shuffle& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
