#pragma once
#include <napi.h>

#include <cstdint>
#include <string>

#include "../prepare/luma-source.hpp"

namespace gimbal::binding {

/// A whole number that the TypeScript beside this has checked.
inline std::int64_t numberOf(const Napi::Value& v, const char* what) {
  if (!v.IsNumber()) throw Napi::TypeError::New(v.Env(), std::string("luma.") + what + " must be a number");
  return v.As<Napi::Number>().Int64Value();
}

inline std::uint64_t addressOf(const Napi::Value& v, const char* what) {
  bool lossless = false;
  const std::uint64_t address = v.IsBigInt() ? v.As<Napi::BigInt>().Uint64Value(&lossless) : 0;
  if (!lossless) throw Napi::TypeError::New(v.Env(), std::string("luma.") + what + " must be an address");
  return address;
}

/// A list of data, width, height, stride, bitDepth, shift and stream. The data are a Uint8Array, which must cover the rows, or an address on a
/// device (a bigint, as then the stream is), which cannot be checked.
inline LumaSource lumaOf(const Napi::Array& list) {
  const Napi::Env env = list.Env();
  const auto at = [&](std::uint32_t i) -> Napi::Value { return list.Get(i); };
  const std::int64_t width = numberOf(at(1), "width"), height = numberOf(at(2), "height"), stride = numberOf(at(3), "stride");
  const std::int64_t bitDepth = numberOf(at(4), "bitDepth"), shift = numberOf(at(5), "shift");
  if (width < 1 || height < 1 || width > 65536 || height > 65536)
    throw Napi::RangeError::New(env, "luma must have 1 to 65536 pixels a side");
  if (bitDepth < 8 || bitDepth > 16 || shift < 0 || bitDepth + shift > 16)
    throw Napi::RangeError::New(env, "luma.bitDepth must be 8 to 16, and bitDepth + shift at most 16");
  const std::int64_t row = width * (bitDepth > 8 ? 2 : 1);
  if (stride < row) throw Napi::RangeError::New(env, "luma.stride is shorter than a row");
  LumaSource source{{nullptr, static_cast<int>(width), static_cast<int>(height), static_cast<std::ptrdiff_t>(stride),
                             static_cast<int>(bitDepth), static_cast<int>(shift)}};
  const Napi::Value data = at(0);
  std::uintptr_t address = 0;
  if (data.IsBigInt()) {
    address = static_cast<std::uintptr_t>(addressOf(data, "pointer"));
    source.onDevice = true;
    source.ready = reinterpret_cast<CudaStream>(static_cast<std::uintptr_t>(addressOf(at(6), "stream")));
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
