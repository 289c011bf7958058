#pragma once
#include <napi.h>

/// Adds alignerOf, alignFrameOf, releaseAlignFrame and alignPair to the addon's exports; alignBinding.cpp documents them.
void exportAlign(Napi::Env env, Napi::Object exports);
