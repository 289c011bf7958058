#pragma once
#include <napi.h>

#include <cstdint>
#include <string>

#include "../device/cudaStream.hpp"
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

/// A `Plane` of @gimbal/core, or one that has `pointer` and `stream` (bigints) in place of `data`: a buffer must cover the rows, an
/// address cannot be checked.
Bytes planeOf(Napi::Env env, const Napi::Value& value);

}  // namespace gimbal::binding
