#pragma once
#include <napi.h>

#include <cstdint>
#include <string>

#include "../prepare/luma-source.hpp"

namespace gimbal::binding {

/// A whole number that the TypeScript beside this has checked.
inline std::int64_t numberOf(const Napi::Object& o, const char* key) {
  const Napi::Value v = o.Get(key);
  if (!v.IsNumber()) throw Napi::TypeError::New(o.Env(), std::string("luma.") + key + " must be a number");
  return v.As<Napi::Number>().Int64Value();
}

inline std::uint64_t addressOf(const Napi::Object& o, const char* key) {
  const Napi::Value v = o.Get(key);
  bool lossless = false;
  const std::uint64_t address = v.IsBigInt() ? v.As<Napi::BigInt>().Uint64Value(&lossless) : 0;
  if (!lossless) throw Napi::TypeError::New(o.Env(), std::string("luma.") + key + " must be an address");
  return address;
}

/// { data | pointer and stream, width, height, stride, bitDepth, shift }; a view must cover the rows, an address cannot be checked.
inline LumaSource lumaOf(const Napi::Object& o) {
  const Napi::Env env = o.Env();
  const std::int64_t width = numberOf(o, "width"), height = numberOf(o, "height"), stride = numberOf(o, "stride");
  const std::int64_t bitDepth = numberOf(o, "bitDepth"), shift = numberOf(o, "shift");
  if (width < 1 || height < 1 || width > 65536 || height > 65536)
    throw Napi::RangeError::New(env, "luma must have 1 to 65536 pixels a side");
  if (bitDepth < 8 || bitDepth > 16 || shift < 0 || bitDepth + shift > 16)
    throw Napi::RangeError::New(env, "luma.bitDepth must be 8 to 16, and bitDepth + shift at most 16");
  const std::int64_t row = width * (bitDepth > 8 ? 2 : 1);
  if (stride < row) throw Napi::RangeError::New(env, "luma.stride is shorter than a row");
  LumaSource source{{nullptr, static_cast<int>(width), static_cast<int>(height), static_cast<std::ptrdiff_t>(stride),
                             static_cast<int>(bitDepth), static_cast<int>(shift)}};
  const Napi::Value data = o.Get("data");
  std::uintptr_t address = 0;
  if (data.IsUndefined()) {
    address = static_cast<std::uintptr_t>(addressOf(o, "pointer"));
    source.onDevice = true;
    source.ready = reinterpret_cast<CudaStream>(static_cast<std::uintptr_t>(addressOf(o, "stream")));
    if (address == 0) throw Napi::RangeError::New(env, "luma.pointer must not be null");
  } else {
    if (!data.IsTypedArray() || data.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array)
      throw Napi::TypeError::New(env, "luma.data must be a Uint8Array");
    const auto bytes = data.As<Napi::Uint8Array>();
    if ((height - 1) * stride + row > static_cast<std::int64_t>(bytes.ByteLength()))
      throw Napi::RangeError::New(env, "luma.data is shorter than its width, height and stride say");
    address = reinterpret_cast<std::uintptr_t>(bytes.Data());
  }
  if (bitDepth > 8 && (address % 2 != 0 || stride % 2 != 0))
    throw Napi::RangeError::New(env, "luma with more than 8 bits must start and step on even bytes");
  source.luma.data = reinterpret_cast<const void*>(address);
  return source;
}

}  // namespace gimbal::binding
