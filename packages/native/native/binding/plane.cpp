#include "plane.hpp"

namespace gimbal::binding {
namespace {

std::uintptr_t addressOf(const Napi::Value& value, const char* what) {
  bool lossless = false;
  const std::uint64_t address = value.IsBigInt() ? value.As<Napi::BigInt>().Uint64Value(&lossless) : 0;
  if (!lossless) throw Napi::TypeError::New(value.Env(), std::string("A plane's ") + what + " must be an address.");
  return static_cast<std::uintptr_t>(address);
}

}  // namespace

Bytes planeOf(Napi::Env env, const Napi::Value& value) {
  if (!value.IsArray()) throw Napi::TypeError::New(env, "A plane must be a list: data, width, height, stride, channels, bytes per sample, stream.");
  const auto fields = value.As<Napi::Array>();
  const auto at = [&](std::uint32_t i) -> Napi::Value { return fields.Get(i); };
  const Napi::Value data = at(0);
  Bytes plane{nullptr, whole(at(1)), whole(at(2)), static_cast<std::ptrdiff_t>(at(3).ToNumber().Int64Value()), whole(at(4)), whole(at(5)),
              data.IsBigInt(), nullptr};
  const auto row = static_cast<std::int64_t>(plane.width) * plane.channels * plane.bytesPerSample;
  const bool shaped = plane.width > 0 && plane.height > 0 && plane.channels > 0 && plane.bytesPerSample > 0 && plane.stride >= row &&
                      plane.stride <= (1 << 28);
  const auto misfit = [&](const std::string& room) {
    return Napi::RangeError::New(env, "A plane of " + std::to_string(plane.width) + "x" + std::to_string(plane.height) + ", " +
                                          std::to_string(plane.channels) + " channels of " + std::to_string(plane.bytesPerSample) +
                                          " bytes, rows " + std::to_string(plane.stride) + " bytes apart, does not fit " + room + ".");
  };
  if (plane.onDevice) {
    plane.data = reinterpret_cast<unsigned char*>(addressOf(data, "pointer"));
    plane.ready = reinterpret_cast<CudaStream>(addressOf(at(6), "stream"));
    if (!shaped || plane.data == nullptr) throw misfit("device memory at this address");
  } else {
    if (!data.IsTypedArray() || data.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
      throw Napi::TypeError::New(env, "A plane's data must be a Uint8Array.");
    }
    auto array = data.As<Napi::Uint8Array>();
    const auto bytes = static_cast<std::int64_t>(array.ByteLength());
    if (!shaped || plane.stride * (plane.height - 1) + row > bytes) throw misfit("its " + std::to_string(bytes) + " bytes");
    plane.data = array.Data();
  }
  if (plane.bytesPerSample == 2 && (reinterpret_cast<std::uintptr_t>(plane.data) % 2 != 0 || plane.stride % 2 != 0)) {
    throw Napi::RangeError::New(env, "Planes of 16-bit samples must start at an even address and have an even stride.");
  }
  return plane;
}

}  // namespace gimbal::binding
