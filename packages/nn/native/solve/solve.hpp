#pragma once
#include <device/cuda-stream.hpp>

#include "../corners/state.hpp"
#include "../tensor/tensor.hpp"

namespace gimbal::nn {

constexpr int momentCount = 25;               // powers 0 to 4 of y, of x
constexpr int sumsOfCells = 5 * momentCount + 2;  // xx, xy, yy, and both of the weighted flow; then energy and presence

/// Weighted least squares: the motion of the four corners that a dense flow agrees with best, every cell with the 2 x 2 information
/// that it claims for its flow; then the pairs' state is updated. The corner model is quadratic in the place, so its normal equations
/// are fixed combinations (`normal`, `right`) of moments of the cells' weights.
struct Solve {
  View x;  // float32, six channels: flow dx, dy in cells; l11, l21, l22 of the information's root before softplus; inlier logit
  const float* peak = nullptr;    // [items][cells][2], added to the flow; null: none
  const float* powers = nullptr;  // [cells along a side][5]: powers of the place in -1..1
  const float* normal = nullptr;  // [75][64]
  const float* right = nullptr;   // [50][8]
  const float* spread[4] = {};    // perceptron 4 - 16 - 1 from four logarithms to that of the expected error: weights, bias, weights, bias
  float* inliers = nullptr;       // [items][cells]
  float* state = nullptr;         // [items][stateNumbers]
  float* record = nullptr;        // of the first item, at this step
  std::size_t recordStride = 0;
  Geometry geometry;
  float reach = 64;
  Active active;
  int items = 0;
  // On a device:
  float* partial = nullptr;      // [items][solveBlocks][sumsOfCells]
  unsigned* arrivals = nullptr;  // [items], 0 before and after
};

/// What a cell says: its weights, its flow in pixels, and whether it moves with the camera.
struct Cell {
  float xx, xy, yy, dx, dy, present;

  GIMBAL_HOST_DEVICE Cell(const float* x, const float* peak, bool inside, float stride) {
    dx = (x[0] + (peak == nullptr ? 0 : peak[0])) * stride;
    dy = (x[1] + (peak == nullptr ? 0 : peak[1])) * stride;
    present = inside ? sigmoid(x[5]) : 0;
    const float l11 = softplus(x[2]), l21 = x[3], l22 = softplus(x[4]);
    xx = present * l11 * l11;
    xy = present * l11 * l21;
    yy = present * (l21 * l21 + l22 * l22);
  }
};

/// The expected error from the trace of the inverse system, what the solution leaves of the weighted flow, its mean square and the share
/// of cells present.
GIMBAL_HOST_DEVICE inline float spreadFrom(const float (&terms)[4], const float* const* layers) {
  float logs[4];
  for (int k = 0; k < 4; k++) logs[k] = logf(terms[k] > 1e-8f ? terms[k] : 1e-8f) * 0.25f;
  float sum = layers[3][0];
  for (int o = 0; o < 16; o++) {
    float hidden = layers[1][o];
    for (int k = 0; k < 4; k++) hidden += layers[0][o * 4 + k] * logs[k];
    if (hidden > 0) sum += layers[2][o] * hidden;
  }
  return spreadOf(sum);
}

void solve(const Solve& job);

namespace cuda {
/// Blocks that share a pair's cells.
int solveBlocks(const Shape& map);
/// @throws CudaError.
void solve(const Solve& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
