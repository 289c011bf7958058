#pragma once
#include <device/cuda-stream.hpp>

#include "../tensor/tensor.hpp"

namespace gimbal::nn {

/// Features read where a flow points: y[r][c] = x at row r + flow[r][c][1], column c + flow[r][c][0], bilinear, its edge repeated. Places are
/// computed in float32 whatever the features are stored in.
struct Warp {
  View x;
  View flow;  // float32, two channels: to the right and down, in pixels
  View y;
  Active active;
  int items = 0;
};

void warpFeatures(const Warp& job);

namespace cuda {
/// x and y are stored alike. @throws CudaError.
void warpFeatures(const Warp& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
