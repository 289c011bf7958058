#pragma once
#include <stdexcept>
#include <string>

namespace gimbal {

/// A CUDA call that failed, or a device that cannot be used. Known to builds without CUDA too.
class CudaError : public std::runtime_error {
 public:
  /// `unavailable`: no driver, one too old, no such device, an architecture this build was not made for. `outOfMemory`: the message
  /// tells the sizes. `lost`: the device is out of reach for the rest of the process, and all that lay there is gone. `failed`:
  /// anything else.
  enum class Kind { unavailable, outOfMemory, lost, failed };

  /// `name` is CUDA's, such as `cudaErrorMemoryAllocation`; empty where no call was made.
  CudaError(Kind kind, std::string operation, std::string name, const std::string& message)
      : std::runtime_error(message), kind(kind), operation(std::move(operation)), name(std::move(name)) {}

  /// As JavaScript has it.
  const char* kindName() const {
    static const char* const names[] = {"unavailable", "outOfMemory", "lost", "failed"};
    return names[static_cast<int>(kind)];
  }

  const Kind kind;
  const std::string operation;
  const std::string name;
};

}  // namespace gimbal
