#pragma once
#include <napi.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "plane.hpp"

namespace gimbal::binding {

/// Something of a device that is made when it is first needed, on a thread of the pool: waking a device takes longer than the event loop
/// may stop. JavaScript holds it by a handle with a tag of its own.
template <class Thing>
class Lazy {
 public:
  using Make = std::shared_ptr<Thing> (*)(int device);

  Lazy(int device, Make make) : device_(device), make_(make) {}
  std::shared_ptr<Thing> get() {
    const std::lock_guard lock(mutex_);
    if (!made_) made_ = make_(device_);
    return made_;
  }
  /// Work in flight keeps its own hold.
  void release() {
    const std::lock_guard lock(mutex_);
    made_.reset();
  }

  /// A handle for the device whose ordinal `info[0]` is. Touches no device yet.
  static Napi::Value handle(const Napi::CallbackInfo& info, Make make, const napi_type_tag& tag) {
    auto* shared = new std::shared_ptr<Lazy>(std::make_shared<Lazy>(whole(info[0]), make));
    auto external =
        Napi::External<std::shared_ptr<Lazy>>::New(info.Env(), shared, [](Napi::Env, std::shared_ptr<Lazy>* held) { delete held; });
    external.TypeTag(&tag);
    return external;
  }

  static std::shared_ptr<Lazy> of(const Napi::Value& value, const napi_type_tag& tag, const char* what) {
    using External = Napi::External<std::shared_ptr<Lazy>>;
    if (!value.IsExternal() || !value.As<External>().CheckTypeTag(&tag)) {
      throw Napi::TypeError::New(value.Env(), std::string(what) + " was expected.");
    }
    return *value.As<External>().Data();
  }

 private:
  const int device_;
  const Make make_;
  std::mutex mutex_;
  std::shared_ptr<Thing> made_;
};

}  // namespace gimbal::binding
