#include "cuda-check.hpp"

#include "devices.hpp"
#include "refusal.hpp"

namespace gimbal {

void throwCudaError(cudaError_t status, const char* operation, const std::string& detail) {
  cudaGetLastError();  // an error that sticks to the thread would be blamed on the next launch
  const std::string name = cudaGetErrorName(status);
  std::string message = std::string(operation) + " failed with " + name + " (" + cudaGetErrorString(status) + ")";
  const CudaError::Kind kind = kindOfCudaError(name);
  if (!detail.empty()) {
    message += ": " + detail;
  } else if (kind == CudaError::Kind::outOfMemory) {
    message += ": " + currentDeviceRoom();
  }
  const std::string advice = adviceOnCudaError(name);
  if (!advice.empty()) message += ". " + advice;
  throw CudaError(kind, operation, name, message);
}

}  // namespace gimbal
