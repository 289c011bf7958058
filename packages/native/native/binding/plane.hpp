#pragma once
#include <napi.h>

#include <cstdint>
#include <string>

#include "../device/cuda-stream.hpp"
#include "../plane/plane.hpp"

namespace gimbal::binding {

inline int whole(const Napi::Value& value) { return value.ToNumber().Int32Value(); }

/// A plane as JavaScript describes it.
struct Bytes {
  unsigned char* data;
  int width;
  int height;
  std::ptrdiff_t stride;
  int channels;
  int bytesPerSample;
  bool onDevice;
  CudaStream ready;  // on a device: the stream on which it is ready

  template <class T>
  Plane<T> as() const {
    return {reinterpret_cast<T*>(data), width, height, stride};
  }
};

/// A list of data, width, height, stride, channels, bytes per sample and stream. The data are a Uint8Array, which must cover the rows, or an
/// address on a device (a bigint, as then the stream is), which cannot be checked.
Bytes planeOf(Napi::Env env, const Napi::Value& value);

}  // namespace gimbal::binding
