#pragma once
#include <cstddef>

#include <plane/host-device.hpp>

namespace gimbal::nn {

/// How numbers are stored.
enum class Type : int { f32, f16, bf16 };

inline std::size_t bytesOf(Type type) { return type == Type::f32 ? 4 : 2; }

/// One item of a batch: times x rows x columns x channels, channels innermost. Channels are stored padded with zeros to a multiple of
/// `pad`, usually eight, so that every pixel begins at a multiple of 16 bytes.
struct Shape {
  int t = 1;
  int h = 1;
  int w = 1;
  int c = 1;
  int pad = 8;

  GIMBAL_HOST_DEVICE int stride() const { return (c + pad - 1) / pad * pad; }
  GIMBAL_HOST_DEVICE std::size_t pixels() const { return static_cast<std::size_t>(t) * h * w; }
  /// Stored numbers of an item.
  GIMBAL_HOST_DEVICE std::size_t size() const { return pixels() * stride(); }
  bool operator==(const Shape&) const = default;
};

/// A tensor as an operation reads or writes it, on the host or on a device.
///
/// What is read is activation(scale * stored + shift), with scale and shift of an item's channel: a normalisation is so applied where
/// its result is needed, and needs no pass of its own.
struct View {
  void* data = nullptr;
  Shape shape;
  Type type = Type::f32;
  const int* index = nullptr;     // item n lies in slot index[n]; null: in slot n
  const float* affine = nullptr;  // [items][channels, padded][scale, shift]; null: 1 and 0
  float slope = 1;  // see `activated`

  GIMBAL_HOST_DEVICE std::size_t offset(int n) const { return static_cast<std::size_t>(index == nullptr ? n : index[n]) * shape.size(); }
  GIMBAL_HOST_DEVICE bool plain() const { return affine == nullptr && slope == 1; }
  GIMBAL_HOST_DEVICE explicit operator bool() const { return data != nullptr; }
};

/// Which items of a batch an operation works on: those before `count`, and of these, in a refinement, the pairs that are still refined
/// at this stride.
struct Active {
  const int* count = nullptr;      // null: all
  const float* state = nullptr;    // see corners/state.hpp; null: no refinement
  float stride = 0;

  GIMBAL_HOST_DEVICE bool has(int n) const {
    if (count != nullptr && n >= *count) return false;
    if (state == nullptr) return true;
    const float* s = state + static_cast<std::size_t>(n) * 16;
    return s[9] == 0 && s[8] != stride;
  }
};

/// What a tensor's numbers become where they are below zero: 0 of them is ReLU, a fifth LeakyReLU, 1 nothing.
GIMBAL_HOST_DEVICE inline float activated(float v, float slope) { return v > 0 ? v : v * slope; }

}  // namespace gimbal::nn
