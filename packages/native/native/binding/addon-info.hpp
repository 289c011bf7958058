#pragma once
#include <napi.h>

#include <string>

#include "../device/devices.hpp"
#include "../isa/isa.hpp"

// What every addon of the project says of itself. GIMBAL_VERSION is the version of the package whose addon includes this.
namespace gimbal::binding {

/// What this build can do with CUDA on this machine, as `CudaReport` of the TypeScript side.
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

/// Version, instruction set and CUDA of the addon.
inline Napi::Value addonInfo(const Napi::CallbackInfo& info) {
  const CudaReport report = cudaReport();
  auto object = Napi::Object::New(info.Env());
  object.Set("version", GIMBAL_VERSION);
  object.Set("isa", isaName(activeIsa()));
  object.Set("cuda", report.built);
  object.Set("cudaReport", cudaReportOf(info.Env(), report));
  return object;
}

}  // namespace gimbal::binding
