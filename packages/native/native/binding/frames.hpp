#pragma once
#include <napi.h>

namespace gimbal::binding {

/// Adds what frames in a device's memory need to the addon's exports: allocateOnDevice, freeOnDevice, frameCopierOf, copyFrame,
/// releaseFrameCopier, startDeviceTrace and stopDeviceTrace; frames.cpp documents them.
void exportFrames(Napi::Env env, Napi::Object exports);

}  // namespace gimbal::binding
