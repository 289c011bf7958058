#pragma once
#include <napi.h>

#include <string>

#include <device/devices.hpp>

namespace gimbal::binding {

/// What this build can do with CUDA on this machine.
inline Napi::Object reportOf(Napi::Env env, const CudaReport& report) {
  Napi::Object out = Napi::Object::New(env);
  out["architectures"] = report.architectures;
  out["runtimeVersion"] = report.runtimeVersion;
  out["driverVersion"] = report.driverVersion;
  out["unavailable"] = report.unavailable;
  Napi::Array devices = Napi::Array::New(env, report.devices.size());
  for (std::size_t i = 0; i < report.devices.size(); i++) {
    const CudaDevice& d = report.devices[i];
    Napi::Object device = Napi::Object::New(env);
    device["ordinal"] = d.ordinal;
    device["name"] = d.name;
    device["computeCapability"] = std::to_string(d.major) + "." + std::to_string(d.minor);
    device["memory"] = static_cast<double>(d.memory);
    device["unusable"] = d.unusable;
    devices[static_cast<std::uint32_t>(i)] = device;
  }
  out["devices"] = devices;
  return out;
}

}  // namespace gimbal::binding
