#include "measure.hpp"

#include <memory>

#include "../device/devices.hpp"
#include "../measure/transfers.hpp"
#include "addon-info.hpp"
#include "plane.hpp"
#include "task.hpp"

namespace gimbal::binding {
namespace {

Napi::Value objectOf(Napi::Env env, const Timing& timing) {
  auto object = Napi::Object::New(env);
  object.Set("median", timing.median);
  object.Set("low", timing.low);
  object.Set("high", timing.high);
  return object;
}

/// deviceMemoryInfo(ordinal): Promise<{ free, total }>, bytes
Napi::Value deviceMemoryInfoTask(const Napi::CallbackInfo& info) {
  auto room = std::make_shared<DeviceMemoryInfo>();
  const int device = whole(info[0]);
  return Task::start(
      info, [room, device] { *room = deviceMemoryInfo(device); },
      [room](Napi::Env env) {
        auto object = Napi::Object::New(env);
        object.Set("free", static_cast<double>(room->free));
        object.Set("total", static_cast<double>(room->total));
        return object;
      });
}

/// probeDevices(): Promise<CudaReport>
Napi::Value probeDevices(const Napi::CallbackInfo& info) {
  // The driver is awake by the time that the report is made once more, for JavaScript.
  return Task::start(
      info, [] { static_cast<void>(cudaReport()); }, [](Napi::Env env) { return cudaReportOf(env, cudaReport()); });
}

/// measureCopy(ordinal, bytes, toDevice, pinned): Promise<Timing>
Napi::Value measureCopy(const Napi::CallbackInfo& info) {
  auto time = std::make_shared<Timing>();
  const int device = whole(info[0]);
  const std::int64_t bytes = info[1].ToNumber().Int64Value();
  const CopyRequest request{bytes < 0 ? 0 : static_cast<std::size_t>(bytes), info[2].ToBoolean(), info[3].ToBoolean()};
  return Task::start(
      info, [time, device, request] { *time = copyTime(device, request); }, [time](Napi::Env env) { return objectOf(env, *time); });
}

/// measureLaunch(ordinal): Promise<{ issue, roundTrip, backToBack, inGraph }>
Napi::Value measureLaunch(const Napi::CallbackInfo& info) {
  auto times = std::make_shared<LaunchTimes>();
  const int device = whole(info[0]);
  return Task::start(
      info, [times, device] { *times = launchTimes(device); },
      [times](Napi::Env env) {
        auto object = Napi::Object::New(env);
        object.Set("issue", objectOf(env, times->issue));
        object.Set("roundTrip", objectOf(env, times->roundTrip));
        object.Set("backToBack", objectOf(env, times->backToBack));
        object.Set("inGraph", objectOf(env, times->inGraph));
        return object;
      });
}

}  // namespace

void exportMeasure(Napi::Env env, Napi::Object exports) {
  exports.Set("probeDevices", Napi::Function::New(env, probeDevices));
  exports.Set("deviceMemoryInfo", Napi::Function::New(env, deviceMemoryInfoTask));
  exports.Set("measureCopy", Napi::Function::New(env, measureCopy));
  exports.Set("measureLaunch", Napi::Function::New(env, measureLaunch));
}

}  // namespace gimbal::binding
