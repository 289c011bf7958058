#include "devices.hpp"

#include <cstdio>
#include <cstdlib>

#include "cuda-check.hpp"
#include "refusal.hpp"
#include "stream.hpp"

namespace gimbal {
namespace {

CudaDevice describe(int ordinal, const std::string& architectures) {
  CudaDevice device{ordinal, "unknown", 0, 0, 0, 0, "", ""};
  try {
    cudaDeviceProp properties{};
    cudaCheck(cudaGetDeviceProperties(&properties, ordinal), "asking what a device is");
    char bus[32] = {};
    cudaCheck(cudaDeviceGetPCIBusId(bus, sizeof bus, ordinal), "asking where a device is");
    device = {ordinal,
              properties.name,
              properties.major,
              properties.minor,
              properties.totalGlobalMem,
              properties.multiProcessorCount,
              bus,
              whyNotOn(architectures, properties.major, properties.minor)};
  } catch (const CudaError& error) {  // one that is broken does not take the others with it
    device.unusable = error.what();
  }
  return device;
}

}  // namespace

CudaReport cudaReport() {
  CudaReport report{true, GIMBAL_CUDA_BUILT_FOR, 0, 0, {}, {}};
  const auto none = [&report](cudaError_t status) {
    cudaGetLastError();
    report.unavailable = whyNoDevice(cudaGetErrorName(status), cudaGetErrorString(status), report.driverVersion, report.runtimeVersion,
                                     std::getenv("CUDA_VISIBLE_DEVICES"));
    return report;
  };
  int count = 0;
  cudaError_t status = cudaRuntimeGetVersion(&report.runtimeVersion);
  if (status == cudaSuccess) status = cudaDriverGetVersion(&report.driverVersion);
  if (status == cudaSuccess) status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess && count == 0) status = cudaErrorNoDevice;
  if (status != cudaSuccess) return none(status);
  for (int i = 0; i < count; i++) report.devices.push_back(describe(i, report.architectures));
  bool usable = false;
  for (const CudaDevice& device : report.devices) usable = usable || device.unusable.empty();
  if (!usable) report.unavailable = "cuda:0 (" + report.devices[0].name + "): " + report.devices[0].unusable;
  return report;
}

void requireCudaDevice(int ordinal) {
  const CudaReport report = cudaReport();
  const auto refuse = [](const std::string& why) { throw CudaError(CudaError::Kind::unavailable, "choosing a device", "", why); };
  if (report.devices.empty()) refuse(report.unavailable);
  const int count = static_cast<int>(report.devices.size());
  if (ordinal < 0 || ordinal >= count) refuse(whyOutOfRange(ordinal, count));
  const CudaDevice& device = report.devices[ordinal];
  if (!device.unusable.empty()) refuse("cuda:" + std::to_string(ordinal) + " (" + device.name + "): " + device.unusable);
}

DeviceMemoryInfo deviceMemoryInfo(int ordinal) {
  requireCudaDevice(ordinal);
  const OnDevice here(ordinal);
  std::size_t free = 0;
  std::size_t total = 0;
  cudaCheck(cudaMemGetInfo(&free, &total), "asking how much memory is free");
  return {free, total};
}

std::string currentDeviceRoom() {
  std::size_t free = 0;
  std::size_t total = 0;
  if (cudaMemGetInfo(&free, &total) != cudaSuccess) {
    cudaGetLastError();
    return "how much is free on the device cannot be told";
  }
  return "the device has " + megabytes(free) + " of " + megabytes(total) + " free";
}

std::string megabytes(std::size_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

}  // namespace gimbal
