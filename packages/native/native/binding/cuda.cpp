#include "cuda.hpp"

#include <memory>

#include "../device/devices.hpp"
#include "../render/render.hpp"
#include "lazy.hpp"
#include "task.hpp"
#include "warp-call.hpp"

namespace gimbal::binding {
namespace {

constexpr napi_type_tag rendererTag = {0x7f1a5c0de0a14b1cu, 0x9d3b6a2f8c514e03u};

using LazyRenderer = Lazy<DeviceRenderer>;

std::shared_ptr<LazyRenderer> rendererOf(const Napi::Value& value) { return LazyRenderer::of(value, rendererTag, "A renderer's handle"); }

/// deviceRendererOf(ordinal): handle. Touches no device yet.
Napi::Value deviceRendererOf(const Napi::CallbackInfo& info) { return LazyRenderer::handle(info, deviceRenderer, rendererTag); }

/// warmUpDevice(renderer): Promise<void>
Napi::Value warmUpDevice(const Napi::CallbackInfo& info) {
  return Task::start(info, [renderer = rendererOf(info[0])] { renderer->get()->warmUp(); });
}

/// releaseDeviceRenderer(renderer): Promise<void>. Gives the device's memory back now instead of when the handle is garbage.
Napi::Value releaseDeviceRenderer(const Napi::CallbackInfo& info) {
  return Task::start(info, [renderer = rendererOf(info[0])] { renderer->release(); });
}

/// Points into the call.
RenderRequest requestOf(const WarpCall& call) {
  RenderRequest request;
  request.bitDepth = call.bitDepth;
  request.shift = call.shift;
  request.field = call.field();
  request.options = call.options;
  for (const auto& [src, dst, siting, fill] : call.planes) {
    request.planes.push_back(
        {src.data, src.stride, src.width, src.height, dst.data, dst.stride, dst.width, dst.height, src.channels, siting, fill});
    if (src.onDevice != call.planes[0].src.onDevice || dst.onDevice != call.planes[0].dst.onDevice) {
      throw std::invalid_argument("the planes of a frame must all lie in the same memory");
    }
    request.srcOnDevice = src.onDevice;
    request.dstOnDevice = dst.onDevice;
    request.ready = src.ready;
  }
  return request;
}

/// renderOnDevice(renderer, requests, each as warpCallOf has it): Promise<void>
Napi::Value renderOnDevice(const Napi::CallbackInfo& info) {
  const auto list = info[1].As<Napi::Array>();
  std::vector<WarpCall> calls;
  for (std::uint32_t i = 0; i < list.Length(); i++) calls.push_back(warpCallOf(info.Env(), list.Get(i)));
  return Task::start(info, [renderer = rendererOf(info[0]), calls = std::move(calls)] {
    std::vector<RenderRequest> requests;
    for (const WarpCall& call : calls) requests.push_back(requestOf(call));
    renderer->get()->renderAll(requests);
  });
}

}  // namespace

void exportCuda(Napi::Env env, Napi::Object exports) {
  exports.Set("deviceRendererOf", Napi::Function::New(env, deviceRendererOf));
  exports.Set("warmUpDevice", Napi::Function::New(env, warmUpDevice));
  exports.Set("releaseDeviceRenderer", Napi::Function::New(env, releaseDeviceRenderer));
  exports.Set("renderOnDevice", Napi::Function::New(env, renderOnDevice));
}

}  // namespace gimbal::binding
