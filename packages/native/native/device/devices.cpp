#include "devices.hpp"

#include <cstdlib>

#include "cudaCheck.hpp"

namespace gimbal {
namespace {

std::string version(int number) { return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10); }

std::string whyNone(cudaError_t status, const CudaReport& report) {
  if (status == cudaErrorInsufficientDriver && report.driverVersion == 0) {
    return "no NVIDIA driver is installed (its library libcuda was not found)";
  }
  if (status == cudaErrorInsufficientDriver) {
    return "the NVIDIA driver is too old: it serves CUDA " + version(report.driverVersion) + ", this build needs " +
           version(report.runtimeVersion) + "; install a newer driver";
  }
  if (status == cudaErrorNoDevice) {
    const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
    return std::string("there is no CUDA device") +
           (visible == nullptr ? "" : std::string(" (CUDA_VISIBLE_DEVICES is '") + visible + "')");
  }
  return std::string(cudaGetErrorName(status)) + " (" + cudaGetErrorString(status) + ")";
}

CudaDevice describe(int ordinal, const std::string& architectures) {
  cudaDeviceProp properties{};
  cudaCheck(cudaGetDeviceProperties(&properties, ordinal), "asking what a device is");
  char bus[32] = {};
  cudaCheck(cudaDeviceGetPCIBusId(bus, sizeof bus, ordinal), "asking where a device is");
  const std::string capability = std::to_string(properties.major) + "." + std::to_string(properties.minor);
  return {ordinal,
          properties.name,
          properties.major,
          properties.minor,
          properties.totalGlobalMem,
          properties.multiProcessorCount,
          bus,
          architecturesServe(architectures, properties.major, properties.minor)
              ? ""
              : "compute capability " + capability + " is not among the architectures of this build (" + architectures + ")"};
}

}  // namespace

CudaReport cudaReport() {
  CudaReport report{true, GIMBAL_CUDA_BUILT_FOR, 0, 0, {}, {}};
  cudaCheck(cudaRuntimeGetVersion(&report.runtimeVersion), "asking for the runtime's version");
  cudaCheck(cudaDriverGetVersion(&report.driverVersion), "asking for the driver's version");
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    cudaGetLastError();
    report.unavailable = whyNone(status, report);
    return report;
  }
  for (int i = 0; i < count; i++) report.devices.push_back(describe(i, report.architectures));
  bool usable = false;
  for (const CudaDevice& device : report.devices) usable = usable || device.unusable.empty();
  if (count == 0) report.unavailable = whyNone(cudaErrorNoDevice, report);
  if (count > 0 && !usable) report.unavailable = "cuda:0 (" + report.devices[0].name + "): " + report.devices[0].unusable;
  return report;
}

void requireCudaDevice(int ordinal) {
  const CudaReport report = cudaReport();
  const auto refuse = [](const std::string& why) {
    throw CudaError(CudaError::Kind::unavailable, "choosing a device", "", why);
  };
  if (report.devices.empty()) refuse(report.unavailable);
  if (ordinal < 0 || ordinal >= static_cast<int>(report.devices.size())) {
    refuse("there is no cuda:" + std::to_string(ordinal) + "; this machine has cuda:0 to cuda:" +
           std::to_string(report.devices.size() - 1));
  }
  const CudaDevice& device = report.devices[ordinal];
  if (!device.unusable.empty()) refuse("cuda:" + std::to_string(ordinal) + " (" + device.name + "): " + device.unusable);
}

}  // namespace gimbal
