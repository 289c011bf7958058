#pragma once
#include <napi.h>

#include <binding/task.hpp>
#include <device/devices.hpp>
#include <string>

namespace gimbal::binding {

/// What this build can do with CUDA on this machine.
inline Napi::Object cudaReportOf(Napi::Env env, const CudaReport& report) {
  auto object = Napi::Object::New(env);
  object.Set("architectures", report.architectures);
  object.Set("runtimeVersion", report.runtimeVersion);
  object.Set("driverVersion", report.driverVersion);
  object.Set("unavailable", report.unavailable);
  auto devices = Napi::Array::New(env, report.devices.size());
  for (std::uint32_t i = 0; i < report.devices.size(); i++) {
    const CudaDevice& device = report.devices[i];
    auto one = Napi::Object::New(env);
    one.Set("ordinal", device.ordinal);
    one.Set("name", device.name);
    one.Set("computeCapability", std::to_string(device.major) + "." + std::to_string(device.minor));
    one.Set("memory", static_cast<double>(device.memory));
    one.Set("unusable", device.unusable);
    devices.Set(i, one);
  }
  object.Set("devices", devices);
  return object;
}

}  // namespace gimbal::binding
