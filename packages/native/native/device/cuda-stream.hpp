#pragma once

struct CUstream_st;
struct CUevent_st;

namespace gimbal {

/// A `cudaStream_t`, for headers that do without CUDA's own. Null is the legacy default stream.
using CudaStream = CUstream_st*;

}  // namespace gimbal
