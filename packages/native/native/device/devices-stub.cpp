// The answers of a build without CUDA.
#include "cuda-error.hpp"
#include "devices.hpp"

namespace gimbal {

CudaReport cudaReport() { return {false, "", 0, 0, {}, "this build has no CUDA path (it was made without nvcc, or with GIMBAL_CUDA=OFF)"}; }

void requireCudaDevice(int) { throw CudaError(CudaError::Kind::unavailable, "choosing a device", "", cudaReport().unavailable); }

DeviceMemoryInfo deviceMemoryInfo(int ordinal) {
  requireCudaDevice(ordinal);
  return {};
}

}  // namespace gimbal
