#pragma once
#include <string>
#include <string_view>

#include "cuda-error.hpp"

namespace gimbal {

// What CUDA's answers mean to a user. Errors go by CUDA's names for them, so that builds without CUDA know and test them too.

/// Which way of failing an error is; `failed` for all that are not known by name.
CudaError::Kind kindOfCudaError(std::string_view name);

/// What to do about an error: sentences to follow the message, empty where there is nothing to say.
std::string adviceOnCudaError(std::string_view name);

/// Why no device can be used, when asking for them fails with `name` (`explanation` is CUDA's own sentence). Versions as CUDA numbers
/// them, 13000 for 13.0; a driver version of 0 is no driver. `visible` is the environment variable CUDA_VISIBLE_DEVICES, or null.
std::string whyNoDevice(std::string_view name, std::string_view explanation, int driverVersion, int runtimeVersion, const char* visible);

/// Why code for `architectures` (see architecturesServe) does not run on a device of compute capability major.minor; empty when it does.
std::string whyNotOn(const std::string& architectures, int major, int minor);

/// Why cuda:`ordinal` is none of `count` devices.
std::string whyOutOfRange(int ordinal, int count);

}  // namespace gimbal
