#include "sharing.hpp"

#include "../device/shared-context.hpp"
#include "plane.hpp"
#include "task.hpp"

namespace gimbal::binding {
namespace {

/// addressOf(view: Uint8Array): bigint, the address of its first byte. The bytes are not touched: they may lie on a device.
Napi::Value addressOfView(const Napi::CallbackInfo& info) {
  if (!info[0].IsTypedArray()) throw Napi::TypeError::New(info.Env(), "addressOf takes a Uint8Array.");
  void* data = nullptr;
  if (napi_get_typedarray_info(info.Env(), info[0], nullptr, nullptr, &data, nullptr, nullptr) != napi_ok) {
    throw Napi::TypeError::New(info.Env(), "addressOf takes a Uint8Array.");
  }
  return Napi::BigInt::New(info.Env(), static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(data)));
}

/// shareContext(ordinal): Promise<void>
Napi::Value shareContextTask(const Napi::CallbackInfo& info) {
  const int ordinal = whole(info[0]);
  return Task::start(info, [ordinal] { shareContext(ordinal); });
}

}  // namespace

void exportSharing(Napi::Env env, Napi::Object exports) {
  exports.Set("addressOf", Napi::Function::New(env, addressOfView));
  exports.Set("shareContext", Napi::Function::New(env, shareContextTask));
}

}  // namespace gimbal::binding
