#include "cudaCheck.hpp"

namespace gimbal {
namespace {

CudaError::Kind kindOf(cudaError_t status) {
  switch (status) {
    case cudaErrorMemoryAllocation: return CudaError::Kind::outOfMemory;
    case cudaErrorInsufficientDriver:
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorDevicesUnavailable:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorCompatNotSupportedOnDevice:
    case cudaErrorSystemNotReady:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion: return CudaError::Kind::unavailable;
    default: return CudaError::Kind::failed;
  }
}

}  // namespace

void throwCudaError(cudaError_t status, const char* operation, const std::string& detail) {
  cudaGetLastError();  // an error that sticks to the thread would be blamed on the next launch
  const std::string name = cudaGetErrorName(status);
  std::string message = std::string(operation) + " failed with " + name + " (" + cudaGetErrorString(status) + ")";
  if (!detail.empty()) message += ": " + detail;
  throw CudaError(kindOf(status), operation, name, message);
}

}  // namespace gimbal
