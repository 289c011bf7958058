#include "refusal.hpp"

#include <algorithm>
#include <initializer_list>

#include "devices.hpp"

namespace gimbal {
namespace {

// Turing: what the kernels are written for, whatever a build was made for.
constexpr int oldestMajor = 7;
constexpr int oldestMinor = 5;

bool among(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string version(int number) { return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10); }

}  // namespace

CudaError::Kind kindOfCudaError(std::string_view name) {
  if (name == "cudaErrorMemoryAllocation") return CudaError::Kind::outOfMemory;
  if (among(name, {"cudaErrorInsufficientDriver", "cudaErrorNoDevice", "cudaErrorInvalidDevice", "cudaErrorDevicesUnavailable",
                   "cudaErrorSystemDriverMismatch", "cudaErrorCompatNotSupportedOnDevice", "cudaErrorSystemNotReady",
                   "cudaErrorNoKernelImageForDevice", "cudaErrorUnsupportedPtxVersion", "cudaErrorStubLibrary",
                   "cudaErrorInitializationError", "cudaErrorDeviceNotLicensed"})) {
    return CudaError::Kind::unavailable;
  }
  // Those that CUDA documents as leaving the process in an inconsistent state: every later call returns them again.
  if (among(name, {"cudaErrorIllegalAddress", "cudaErrorLaunchFailure", "cudaErrorLaunchTimeout", "cudaErrorECCUncorrectable",
                   "cudaErrorHardwareStackError", "cudaErrorIllegalInstruction", "cudaErrorMisalignedAddress",
                   "cudaErrorInvalidAddressSpace", "cudaErrorInvalidPc", "cudaErrorAssert", "cudaErrorContextIsDestroyed",
                   "cudaErrorDeviceUninitialized", "cudaErrorNvlinkUncorrectable", "cudaErrorMpsClientTerminated",
                   "cudaErrorTensorMemoryLeak", "cudaErrorContained", "cudaErrorExternalDevice"})) {
    return CudaError::Kind::lost;
  }
  return CudaError::Kind::failed;
}

std::string adviceOnCudaError(std::string_view name) {
  if (kindOfCudaError(name) == CudaError::Kind::lost) {
    return "The device is lost to this process: start it again, or use device 'cpu'. If it comes back, the kernel's log (dmesg, lines "
           "with Xid) tells what the driver saw.";
  }
  if (name == "cudaErrorMemoryAllocation") {
    return "Close other programs that use it, lower the memory that frames may take on the device (--device-memory), or use device 'cpu'.";
  }
  if (name == "cudaErrorUnsupportedPtxVersion") return "The driver is older than the compiler of this build: install a newer driver.";
  if (name == "cudaErrorDevicesUnavailable") return "Another process has the device to itself, or it is in a prohibited compute mode.";
  return "";
}

std::string whyNoDevice(std::string_view name, std::string_view explanation, int driverVersion, int runtimeVersion, const char* visible) {
  if (name == "cudaErrorInsufficientDriver" && driverVersion == 0) {
    return "no NVIDIA driver is installed (its library libcuda was not found)";
  }
  if (name == "cudaErrorInsufficientDriver") {
    return "the NVIDIA driver is too old: it serves CUDA " + version(driverVersion) + ", this build needs " + version(runtimeVersion) +
           "; install a newer driver";
  }
  if (name == "cudaErrorNoDevice") {
    return std::string("there is no CUDA device") + (visible == nullptr ? "" : std::string(" (CUDA_VISIBLE_DEVICES is '") + visible + "')");
  }
  const std::string said = " (" + std::string(name) + ": " + std::string(explanation) + ")";
  if (name == "cudaErrorSystemDriverMismatch") {
    return "the NVIDIA driver's library and its kernel module are of different versions; restart the machine after an update" + said;
  }
  if (name == "cudaErrorSystemNotReady") return "the NVIDIA driver is not ready; is its fabric manager running?" + said;
  if (name == "cudaErrorStubLibrary") return "libcuda is a stub for linking, not the NVIDIA driver's; check the library path" + said;
  return "the NVIDIA driver gives no devices" + said;
}

std::string whyNotOn(const std::string& architectures, int major, int minor) {
  const std::string capability = std::to_string(major) + "." + std::to_string(minor);
  if (major < oldestMajor || (major == oldestMajor && minor < oldestMinor)) {
    return "compute capability " + capability + " is too old: " + std::to_string(oldestMajor) + "." + std::to_string(oldestMinor) +
           " (Turing) or newer is needed";
  }
  if (architecturesServe(architectures, major, minor)) return "";
  return "compute capability " + capability + " is not among the architectures of this build (" + architectures + ")";
}

std::string whyOutOfRange(int ordinal, int count) {
  return "there is no cuda:" + std::to_string(ordinal) + "; this machine has " +
         (count == 1 ? "1 CUDA device, cuda:0" : std::to_string(count) + " CUDA devices, cuda:0 to cuda:" + std::to_string(count - 1));
}

}  // namespace gimbal
