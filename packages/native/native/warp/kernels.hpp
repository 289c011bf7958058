#pragma once
#include "warp.hpp"

namespace gimbal::warping {

/// The table for Job::weights, made on first use; null for bilinear.
const std::int32_t* kernelWeights(Interpolation interpolation);

}  // namespace gimbal::warping
