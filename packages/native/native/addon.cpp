// The JavaScript face of the plane operations. Arguments are checked by the TypeScript beside it; what is checked again here is
// whatever could read or write outside a buffer.
#include <napi.h>

#include <string>
#include <utility>
#include <vector>

#include "binding/addon-info.hpp"
#include "binding/align.hpp"
#include "binding/cuda.hpp"
#include "binding/frames.hpp"
#include "binding/measure.hpp"
#include "binding/sharing.hpp"
#include "binding/task.hpp"
#include "binding/warp-call.hpp"
#include "plane/copy-rows.hpp"
#include "pyramid/pyramid.hpp"
#include "resize/resize.hpp"

namespace {

using namespace gimbal;
using binding::Bytes;
using binding::planeOf;
using binding::Task;
using binding::whole;

Plane<float> floatsOf(Napi::Env env, const Napi::Value& value) {
  const auto object = value.As<Napi::Object>();
  auto array = object.Get("data").As<Napi::Float32Array>();
  const int width = whole(object.Get("width"));
  const int height = whole(object.Get("height"));
  if (width < 1 || height < 1 || static_cast<std::size_t>(width) * height > array.ElementLength()) {
    throw Napi::RangeError::New(env, std::to_string(array.ElementLength()) + " numbers do not hold a plane of " +
                                         std::to_string(width) + "x" + std::to_string(height) + ".");
  }
  return {array.Data(), width, height, static_cast<std::ptrdiff_t>(width * sizeof(float))};
}

/// A host plane: what a CPU path may touch.
void requireHost(Napi::Env env, const Bytes& plane) {
  if (plane.onDevice) throw Napi::TypeError::New(env, "A plane in host memory was expected, this one lies on a CUDA device.");
}

/// warpFrame(request, as warpCallOf has it): Promise<void>
Napi::Value warpFrame(const Napi::CallbackInfo& info) {
  binding::WarpCall call = binding::warpCallOf(info.Env(), info[0]);
  for (const auto& [src, dst, siting, fill] : call.planes) {
    requireHost(info.Env(), src);
    requireHost(info.Env(), dst);
  }
  return Task::start(info, [call = std::move(call)] {
    for (const auto& [src, dst, siting, fill] : call.planes) {
      WarpOptions options = call.options;
      options.fill = fill;
      if (src.bytesPerSample == 1) {
        warp(src.as<const std::uint8_t>(), dst.as<std::uint8_t>(), src.channels, call.field(), siting, options);
      } else {
        warp(src.as<const std::uint16_t>(), call.bitDepth, call.shift, dst.as<std::uint16_t>(), src.channels, call.field(), siting,
             options);
      }
    }
  });
}

/// copyPlanes(sources: Plane[], targets: Plane[]): Promise<void>. In host memory, alike one by one.
Napi::Value copyPlanes(const Napi::CallbackInfo& info) {
  const auto sources = info[0].As<Napi::Array>();
  const auto targets = info[1].As<Napi::Array>();
  std::vector<std::pair<Bytes, Bytes>> planes;
  for (std::uint32_t i = 0; i < sources.Length(); i++) {
    const auto& [src, dst] = planes.emplace_back(planeOf(info.Env(), sources.Get(i)), planeOf(info.Env(), targets.Get(i)));
    requireHost(info.Env(), src);
    requireHost(info.Env(), dst);
    if (src.width != dst.width || src.height != dst.height || src.channels != dst.channels || src.bytesPerSample != dst.bytesPerSample) {
      throw Napi::RangeError::New(info.Env(), "copying: source and target planes differ in size.");
    }
  }
  return Task::start(info, [planes = std::move(planes)] {
    for (const auto& [src, dst] : planes) {
      const auto row = static_cast<std::size_t>(src.width) * src.channels * src.bytesPerSample;
      copyRows(dst.data, dst.stride, src.data, src.stride, row, src.height);
    }
  });
}

/// resizeArea(source: Plane, bitDepth, shift, target: FloatPlane, threads): Promise<void>
Napi::Value resizeAreaTask(const Napi::CallbackInfo& info) {
  const Bytes src = planeOf(info.Env(), info[0]);
  const int bitDepth = whole(info[1]);
  const int shift = whole(info[2]);
  const Plane<float> dst = floatsOf(info.Env(), info[3]);
  const int threads = whole(info[4]);
  requireHost(info.Env(), src);
  if (src.channels != 1) throw Napi::RangeError::New(info.Env(), "resizeArea takes planes of one channel.");
  return Task::start(info, [=] {
    if (src.bytesPerSample == 1) {
      resizeArea(src.as<const std::uint8_t>(), dst, threads);
    } else {
      resizeArea(src.as<const std::uint16_t>(), bitDepth, shift, dst, threads);
    }
  });
}

/// pyramidDown(source: FloatPlane, target: FloatPlane, threads): Promise<void>
Napi::Value pyramidDownTask(const Napi::CallbackInfo& info) {
  const Plane<float> src = floatsOf(info.Env(), info[0]);
  const Plane<float> dst = floatsOf(info.Env(), info[1]);
  const int threads = whole(info[2]);
  return Task::start(info, [=] { pyramidDown(src, dst, threads); });
}

Napi::Object exportAll(Napi::Env env, Napi::Object exports) {
  exports.Set("warpFrame", Napi::Function::New(env, warpFrame));
  exports.Set("copyPlanes", Napi::Function::New(env, copyPlanes));
  exports.Set("resizeArea", Napi::Function::New(env, resizeAreaTask));
  exports.Set("pyramidDown", Napi::Function::New(env, pyramidDownTask));
  exports.Set("addonInfo", Napi::Function::New(env, binding::addonInfo));
  binding::exportCuda(env, exports);
  binding::exportFrames(env, exports);
  binding::exportMeasure(env, exports);
  binding::exportSharing(env, exports);
  exportAlign(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(gimbal_native, exportAll)
