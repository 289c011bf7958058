#include "frames.hpp"

#include <memory>
#include <utility>

#include "../copy/copy.hpp"
#include "../device/trace.hpp"
#include "../render/render.hpp"
#include "lazy.hpp"
#include "task.hpp"

namespace gimbal::binding {
namespace {

constexpr napi_type_tag copierTag = {0x3c9e51d27f0b4a86u, 0xa61d08f4b72c4e95u};
constexpr napi_type_tag memoryTag = {0x58d20b9c4e7143fau, 0xb0e3719d6a584c2fu};

using LazyCopier = Lazy<FrameCopier>;
using Memory = std::shared_ptr<DeviceMemory>;

std::shared_ptr<LazyCopier> copierOf(const Napi::Value& value) { return LazyCopier::of(value, copierTag, "A copier's handle"); }

/// allocateOnDevice(ordinal, bytes): Promise<{ pointer: bigint, memory }>; the bytes live until freeOnDevice(memory), or as long as
/// `memory` does.
Napi::Value allocateOnDevice(const Napi::CallbackInfo& info) {
  auto made = std::make_shared<Memory>();
  const int device = whole(info[0]);
  const auto bytes = static_cast<std::size_t>(info[1].ToNumber().Int64Value());
  return Task::start(
      info, [made, device, bytes] { *made = deviceMemory(device, bytes); },
      [made](Napi::Env env) {
        auto answer = Napi::Object::New(env);
        const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>((*made)->data()));
        auto external = Napi::External<Memory>::New(env, new Memory(std::move(*made)), [](Napi::Env, Memory* held) { delete held; });
        external.TypeTag(&memoryTag);
        answer.Set("pointer", Napi::BigInt::New(env, address));
        answer.Set("memory", external);
        return answer;
      });
}

/// freeOnDevice(memory): Promise<void>. Waits for what the device is doing; a second call does nothing.
Napi::Value freeOnDevice(const Napi::CallbackInfo& info) {
  if (!info[0].IsExternal() || !info[0].As<Napi::External<Memory>>().CheckTypeTag(&memoryTag)) {
    throw Napi::TypeError::New(info.Env(), "Memory of a device was expected.");
  }
  auto taken = std::make_shared<Memory>(std::exchange(*info[0].As<Napi::External<Memory>>().Data(), nullptr));
  return Task::start(info, [taken] { taken->reset(); });
}

/// frameCopierOf(ordinal): handle. Touches no device yet.
Napi::Value frameCopierOf(const Napi::CallbackInfo& info) { return LazyCopier::handle(info, frameCopier, copierTag); }

/// releaseFrameCopier(copier): Promise<void>. Gives page-locked memory back now instead of when the handle is garbage.
Napi::Value releaseFrameCopier(const Napi::CallbackInfo& info) {
  return Task::start(info, [copier = copierOf(info[0])] { copier->release(); });
}

/// copyFrame(copier, sources: Plane[], targets: Plane[]): Promise<void>
Napi::Value copyFrame(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto sources = info[1].As<Napi::Array>();
  const auto targets = info[2].As<Napi::Array>();
  FrameCopy frame;
  for (std::uint32_t i = 0; i < sources.Length(); i++) {
    const Bytes src = planeOf(env, sources.Get(i));
    const Bytes dst = planeOf(env, targets.Get(i));
    const bool alike =
        src.width == dst.width && src.height == dst.height && src.channels == dst.channels && src.bytesPerSample == dst.bytesPerSample;
    if (!alike || sources.Length() != targets.Length()) {
      throw Napi::RangeError::New(env,
                                  "copying a frame: source and target planes differ in number, "
                                  "size, channels or sample size.");
    }
    if (i > 0 && (src.onDevice != frame.fromDevice || dst.onDevice != frame.toDevice)) {
      throw Napi::RangeError::New(env,
                                  "copying a frame: the planes of a frame "
                                  "must all lie in the same memory.");
    }
    frame.fromDevice = src.onDevice;
    frame.toDevice = dst.onDevice;
    frame.ready = src.ready;
    const auto row = static_cast<std::size_t>(src.width) * src.channels * src.bytesPerSample;
    frame.planes.push_back({src.data, src.stride, dst.data, dst.stride, row, src.height});
  }
  return Task::start(info, [copier = copierOf(info[0]), frame = std::move(frame)] { copier->get()->copy(frame); });
}

/// startDeviceTrace(ordinal): Promise<void>
Napi::Value startTrace(const Napi::CallbackInfo& info) {
  return Task::start(info, [device = whole(info[0])] { startDeviceTrace(device); });
}

/// stopDeviceTrace(ordinal): Promise<{ name, lane, start, end }[]>, milliseconds of the clock of process.hrtime
Napi::Value stopTrace(const Napi::CallbackInfo& info) {
  auto spans = std::make_shared<std::vector<DeviceSpan>>();
  return Task::start(
      info, [spans, device = whole(info[0])] { *spans = stopDeviceTrace(device); },
      [spans](Napi::Env env) {
        auto list = Napi::Array::New(env, spans->size());
        for (std::uint32_t i = 0; i < spans->size(); i++) {
          const DeviceSpan& span = (*spans)[i];
          auto one = Napi::Object::New(env);
          one.Set("name", span.name);
          one.Set("lane", span.lane);
          one.Set("start", span.start);
          one.Set("end", span.end);
          list.Set(i, one);
        }
        return list;
      });
}

}  // namespace

void exportFrames(Napi::Env env, Napi::Object exports) {
  exports.Set("allocateOnDevice", Napi::Function::New(env, allocateOnDevice));
  exports.Set("freeOnDevice", Napi::Function::New(env, freeOnDevice));
  exports.Set("frameCopierOf", Napi::Function::New(env, frameCopierOf));
  exports.Set("releaseFrameCopier", Napi::Function::New(env, releaseFrameCopier));
  exports.Set("copyFrame", Napi::Function::New(env, copyFrame));
  exports.Set("startDeviceTrace", Napi::Function::New(env, startTrace));
  exports.Set("stopDeviceTrace", Napi::Function::New(env, stopTrace));
}

}  // namespace gimbal::binding
