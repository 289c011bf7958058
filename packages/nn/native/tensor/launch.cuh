#pragma once
#include <cuda_runtime.h>

#include <device/cuda-check.hpp>
#include <utility>

// Launches that overlap: the next kernel of a stream is brought onto the device while the one before it still runs, and waits there for its
// results (programmatic dependent launch, compute capability 9.0). Every kernel begins with `waitForEarlier`.
namespace gimbal::nn {

/// Before anything is read or written that another kernel touches.
__device__ inline void waitForEarlier() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/// Lets the next kernel come onto the device as soon as there is room.
__device__ inline void letLaterBegin() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

inline bool overlapsLaunches() {
  int device = 0;
  int major = 0;
  return cudaGetDevice(&device) == cudaSuccess && cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) == cudaSuccess && major >= 9;
}

/// @throws CudaError with the name of the operation.
template <class... Parameters, class... Arguments>
void launchKernel(void (*kernel)(Parameters...), dim3 grid, int threads, std::size_t shared, cudaStream_t stream, const char* operation, Arguments&&... arguments) {
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  attribute.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = dim3(static_cast<unsigned>(threads));
  config.dynamicSmemBytes = shared;
  config.stream = stream;
  config.attrs = &attribute;
  config.numAttrs = overlapsLaunches() ? 1 : 0;
  cudaCheck(cudaLaunchKernelEx(&config, kernel, std::forward<Arguments>(arguments)...), operation);
}

}  // namespace gimbal::nn
