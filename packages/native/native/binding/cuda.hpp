#pragma once
#include <napi.h>

namespace gimbal::binding {

/// Adds deviceRendererOf, warmUpDevice, renderOnDevice and releaseDeviceRenderer to the addon's exports; cuda.cpp documents them.
void exportCuda(Napi::Env env, Napi::Object exports);

/// What this build can do with CUDA on this machine: `CudaReport` of the TypeScript beside this.
Napi::Object cudaReportOf(Napi::Env env);

}  // namespace gimbal::binding
