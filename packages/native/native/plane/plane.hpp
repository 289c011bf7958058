#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "host-device.hpp"

namespace gimbal {

/// A rectangle of samples that it does not own, in host memory or, for what lies in gimbal::cuda, in a device's. `stride`
/// is in bytes and may exceed the row.
template <class T>
struct Plane {
  T* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;

  GIMBAL_HOST_DEVICE T* row(int y) const {
    using Byte = std::conditional_t<std::is_const_v<T>, const unsigned char, unsigned char>;
    return reinterpret_cast<T*>(reinterpret_cast<Byte*>(data) + y * stride);
  }
  operator Plane<const T>() const { return {data, width, height, stride}; }
};

}  // namespace gimbal
