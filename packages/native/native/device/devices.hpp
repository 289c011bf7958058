#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gimbal {

struct CudaDevice {
  int ordinal;
  std::string name;
  int major;
  int minor;
  std::uint64_t memory;  // bytes
  int multiprocessors;
  std::string pciBusId;
  /// Why this build cannot use it; empty when it can.
  std::string unusable;
};

/// What this build can do with CUDA on this machine. Makes no context, so it costs milliseconds and no device memory.
struct CudaReport {
  bool built;                 // whether this build has a CUDA path at all
  std::string architectures;  // what it was built for, such as "75-real 80-real 120"; empty without CUDA
  int runtimeVersion;         // 13000 for CUDA 13.0; 0 without CUDA
  int driverVersion;          // the newest CUDA that the driver serves; 0 without a driver
  std::vector<CudaDevice> devices;
  /// Why no device can be used; empty when one can.
  std::string unavailable;
};

CudaReport cudaReport();

/// The device's answer to "may I": throws unless `ordinal` can be used.
/// @throws CudaError `unavailable` with the reason.
void requireCudaDevice(int ordinal);

struct DeviceMemoryInfo {
  std::uint64_t free;  // bytes
  std::uint64_t total;
};

/// How much of a device's memory is free. Makes the device's context (hundreds of milliseconds, and memory there).
/// @throws CudaError.
DeviceMemoryInfo deviceMemoryInfo(int ordinal);

/// The same of the current device, as an error tells it. Never throws. Known to builds with CUDA only, as is the next.
std::string currentDeviceRoom();

/// "12.3 MB", of a million bytes each.
std::string megabytes(std::size_t bytes);

/// Whether code built for `architectures` (a list for CMAKE_CUDA_ARCHITECTURES, separated by spaces) runs on compute capability
/// major.minor: machine code of the same major and at most that minor version, or PTX of at most that version.
bool architecturesServe(const std::string& architectures, int major, int minor);

}  // namespace gimbal
