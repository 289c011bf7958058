#pragma once
#include <napi.h>

namespace gimbal::binding {

/// Adds deviceRendererOf, warmUpDevice, renderOnDevice and releaseDeviceRenderer to the addon's exports; cuda.cpp documents them.
void exportCuda(Napi::Env env, Napi::Object exports);

}  // namespace gimbal::binding
