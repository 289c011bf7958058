#pragma once
#include <cuda_runtime_api.h>

#include <string>

#include "cuda-error.hpp"

namespace gimbal {

/// Throws what a failed call means. `operation` says what was done, `detail` with which sizes.
[[noreturn]] void throwCudaError(cudaError_t status, const char* operation, const std::string& detail);

/// Every CUDA call goes through here: `cudaCheck(cudaMemcpyAsync(...), "warp: upload")`.
/// @throws CudaError with the operation, CUDA's name for the error and its explanation.
inline void cudaCheck(cudaError_t status, const char* operation) {
  if (status != cudaSuccess) throwCudaError(status, operation, {});
}

/// `detail()` makes the text with the sizes; called only when the call failed.
template <class Detail>
void cudaCheck(cudaError_t status, const char* operation, const Detail& detail) {
  if (status != cudaSuccess) throwCudaError(status, operation, detail());
}

/// After every `<<<>>>`: whether the launch was accepted. Clears the error, so that it is not blamed on a later call.
inline void cudaCheckLaunch(const char* operation) { cudaCheck(cudaGetLastError(), operation); }

}  // namespace gimbal
