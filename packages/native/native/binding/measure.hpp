#pragma once
#include <napi.h>

namespace gimbal::binding {

/// Adds probeDevices, deviceMemoryInfo, measureCopy and measureLaunch to the addon's exports; measure.cpp documents them.
void exportMeasure(Napi::Env env, Napi::Object exports);

}  // namespace gimbal::binding
