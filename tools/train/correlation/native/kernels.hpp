#pragma once
#include <cuda_runtime_api.h>

#include "tile.hpp"

namespace gimbal::correlation {

enum class Type { float64, float32, bfloat16, float16 };

/// Queue one kernel on `stream`; all pointers are device memory of `type`, nothing is allocated, no host synchronisation.
/// `cudaErrorInvalidValue` for a radius outside 1..4.
cudaError_t forward(const Problem& p, Type type, int radius, const void* fa, const void* fb, void* out, cudaStream_t stream);

/// Both gradients from the slopes `grad` of the correlation.
cudaError_t backward(const Problem& p, Type type, int radius, const void* grad, const void* fa, const void* fb, void* outFa,
                     void* outFb, cudaStream_t stream);

}  // namespace gimbal::correlation
