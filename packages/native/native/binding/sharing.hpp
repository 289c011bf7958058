#pragma once
#include <napi.h>

namespace gimbal::binding {

/// Adds addressOf and shareContext to the addon's exports; sharing.cpp documents them.
void exportSharing(Napi::Env env, Napi::Object exports);

}  // namespace gimbal::binding
