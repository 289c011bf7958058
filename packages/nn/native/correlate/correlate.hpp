#pragma once
#include <device/cuda-stream.hpp>

#include "../corners/state.hpp"
#include "../tensor/tensor.hpp"

namespace gimbal::nn {

/// Local correlation: how well every cell of a matches the cells around the same place in b, which is first warped by each pair's
/// homography where there is one. For offset (dx, dy), both from -radius to radius, channel (dy + radius) (2 radius + 1) + dx + radius is the
/// scalar product divided by the root of the channels. Outside of the map features count as zero; a warp reads b bilinearly, its edge
/// repeated. Sampling, products and scaling are one kernel: the warped features are never written.
struct Correlate {
  View a;
  View b;
  View window;  // (2 radius + 1)^2 channels; with `outside` one more: 1 where the cell leaves the second picture
  bool outside = false;
  int radius = 4;
  /// Where the pair's state lies; null: no warp. One per item.
  const float* state = nullptr;
  Geometry geometry;
  /// Soft-argmax of the window in cells, [items][cells][dx, dy], of exp(sharpness x correlation); null: not wanted.
  float* peak = nullptr;
  float sharpness = 1;
  Active active;
  int items = 0;
};

constexpr int mostRadius = 4;

void correlate(const Correlate& job, int threads);

namespace cuda {
/// a, b and the window are stored alike. Float32 features are multiplied in float32, others on tensor cores.
/// @throws CudaError; std::invalid_argument where the features of a tile do not fit a block's shared memory.
void correlate(const Correlate& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
