#pragma once
#include <device/cuda-stream.hpp>

#include "state.hpp"

namespace gimbal::nn {

/// Reads the motion of the four corners from a map of 2 x 2 cells and updates the pairs' state. Also makes the inlier map: sigmoid of `map`
/// plus, of cells twice as wide, `mixed` (one channel for each of the cells below), where the cell lies inside the second picture.
struct Corners {
  View x;                          // 2 x 2
  const float* weight = nullptr;   // [2][channels]
  const float* bias = nullptr;     // [2]
  const float* motion = nullptr;   // [items][4][2] in cells, added; null: none
  View map;                        // float32, one channel
  View mixed;                      // float32, four channels; may be empty
  const float* spreadWeight = nullptr;  // [channels]: of the mean of x
  const float* spreadBias = nullptr;    // [1]
  float* inliers = nullptr;  // [items][cells]
  float* state = nullptr;    // [items][stateNumbers]
  float* record = nullptr;   // of the first item, at this step
  std::size_t recordStride = 0;
  Geometry geometry;
  float reach = 64;
  Active active;
  int items = 0;
};

void corners(const Corners& job);

namespace cuda {
/// @throws CudaError.
void corners(const Corners& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
