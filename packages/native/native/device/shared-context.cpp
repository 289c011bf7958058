#include "shared-context.hpp"

#include "cuda-check.hpp"
#include "devices.hpp"
#include "stream.hpp"

namespace gimbal {
namespace {

// From cuda.h, whose library is never linked: the flag CU_CTX_SCHED_BLOCKING_SYNC and the calls' types (a CUdevice is an int).
constexpr unsigned kBlockingSync = 0x04;
using DeviceGet = int (*)(int* device, int ordinal);
using SetFlags = int (*)(int device, unsigned flags);

template <class Function>
Function driverFunction(const char* name) {
  void* found = nullptr;
  cudaDriverEntryPointQueryResult state{};
#if CUDART_VERSION >= 12050
  constexpr unsigned since = 11000;
  cudaCheck(cudaGetDriverEntryPointByVersion(name, &found, since, cudaEnableDefault, &state), "looking up a driver function");
#else
  cudaCheck(cudaGetDriverEntryPoint(name, &found, cudaEnableDefault, &state), "looking up a driver function");
#endif
  if (state != cudaDriverEntryPointSuccess || found == nullptr) {
    throw CudaError(CudaError::Kind::unavailable, "looking up a driver function", "", std::string("the driver has no ") + name);
  }
  return reinterpret_cast<Function>(found);
}

}  // namespace

void shareContext(int ordinal) {
  requireCudaDevice(ordinal);
  int device = 0;
  // Not cudaSetDeviceFlags: the runtime adds flags of its own, and FFmpeg compares them all.
  int status = driverFunction<DeviceGet>("cuDeviceGet")(&device, ordinal);
  if (status == 0) status = driverFunction<SetFlags>("cuDevicePrimaryCtxSetFlags")(device, kBlockingSync);
  cudaCheck(static_cast<cudaError_t>(status), "letting a device's waiting threads sleep");
  const OnDevice here(ordinal);
  cudaCheck(cudaFree(nullptr), "waking a device");
}

}  // namespace gimbal
