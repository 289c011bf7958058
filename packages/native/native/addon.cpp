// The JavaScript face of the plane operations. Arguments are checked by the TypeScript beside it; what is checked again here is
// whatever could read or write outside a buffer.
#include <napi.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "alignBinding.hpp"
#include "isa/isa.hpp"
#include "pyramid/pyramid.hpp"
#include "resize/resize.hpp"
#include "warp/warp.hpp"

namespace {

using namespace gimbal;

/// Runs `work` on a thread of libuv's pool and settles a promise. Holds the call's arguments, so that no buffer goes away meanwhile.
class Task : public Napi::AsyncWorker {
 public:
  static Napi::Value start(const Napi::CallbackInfo& info, std::function<void()> work) {
    auto* task = new Task(info.Env(), std::move(work));
    for (std::size_t i = 0; i < info.Length(); i++) {
      if (info[i].IsObject()) task->held_.push_back(Napi::Persistent(info[i].As<Napi::Object>()));
    }
    const Napi::Promise promise = task->deferred_.Promise();
    task->Queue();
    return promise;
  }

 protected:
  void Execute() override { work_(); }  // node-addon-api turns an exception into OnError
  void OnOK() override { deferred_.Resolve(Env().Undefined()); }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  Task(Napi::Env env, std::function<void()> work)
      : Napi::AsyncWorker(env, "gimbal_native"), work_(std::move(work)), deferred_(Napi::Promise::Deferred::New(env)) {}

  std::function<void()> work_;
  Napi::Promise::Deferred deferred_;
  std::vector<Napi::ObjectReference> held_;
};

int whole(const Napi::Value& value) { return value.ToNumber().Int32Value(); }

struct Bytes {
  unsigned char* data;
  int width;
  int height;
  std::ptrdiff_t stride;
  int channels;
  int bytesPerSample;

  template <class T>
  Plane<T> as() const {
    return {reinterpret_cast<T*>(data), width, height, stride};
  }
};

/// A `Plane` of @gimbal/core.
Bytes planeOf(Napi::Env env, const Napi::Value& value) {
  const auto object = value.As<Napi::Object>();
  const Napi::Value data = object.Get("data");
  if (!data.IsTypedArray() || data.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw Napi::TypeError::New(env, "A plane's data must be a Uint8Array.");
  }
  auto array = data.As<Napi::Uint8Array>();
  const Bytes plane{array.Data(),
                    whole(object.Get("width")),
                    whole(object.Get("height")),
                    static_cast<std::ptrdiff_t>(object.Get("stride").ToNumber().Int64Value()),
                    whole(object.Get("channels")),
                    whole(object.Get("bytesPerSample"))};
  const auto row = static_cast<std::int64_t>(plane.width) * plane.channels * plane.bytesPerSample;
  const bool fits = plane.width > 0 && plane.height > 0 && plane.channels > 0 && plane.bytesPerSample > 0 && plane.stride >= row &&
                    plane.stride <= (1 << 28) &&
                    plane.stride * (plane.height - 1) + row <= static_cast<std::int64_t>(array.ByteLength());
  if (!fits) {
    throw Napi::RangeError::New(env, "A plane of " + std::to_string(plane.width) + "x" + std::to_string(plane.height) + ", " +
                                         std::to_string(plane.channels) + " channels of " + std::to_string(plane.bytesPerSample) +
                                         " bytes, rows " + std::to_string(plane.stride) + " bytes apart, does not fit its " +
                                         std::to_string(array.ByteLength()) + " bytes.");
  }
  if (plane.bytesPerSample == 2 && (reinterpret_cast<std::uintptr_t>(plane.data) % 2 != 0 || plane.stride % 2 != 0)) {
    throw Napi::RangeError::New(env, "Planes of 16-bit samples must start at an even address and have an even stride.");
  }
  return plane;
}

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

struct WarpedPlane {
  Bytes src;
  Bytes dst;
  Siting siting;
  int fill;
};

/// warpFrame(sources, targets, sitings: Float64Array of scaleX scaleY offsetX offsetY per plane, fills: number[],
///   bitDepth, shift, homographies: Float64Array, [rows, cols, width, height], interpolation, border, threads): Promise<void>
Napi::Value warpFrame(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto sources = info[0].As<Napi::Array>();
  const auto targets = info[1].As<Napi::Array>();
  auto sitings = info[2].As<Napi::Float64Array>();
  const auto fills = info[3].As<Napi::Array>();
  const int bitDepth = whole(info[4]);
  const int shift = whole(info[5]);
  auto numbers = info[6].As<Napi::Float64Array>();
  const auto grid = info[7].As<Napi::Array>();
  WarpField field{whole(grid.Get(0u)), whole(grid.Get(1u)), nullptr, whole(grid.Get(2u)), whole(grid.Get(3u))};
  const WarpOptions options{static_cast<Interpolation>(whole(info[8])), static_cast<Border>(whole(info[9])), 0, whole(info[10])};
  const std::uint32_t count = sources.Length();
  const bool grids = field.rows >= 1 && field.cols >= 1 &&
                     static_cast<std::size_t>(field.rows) * field.cols * 9 == numbers.ElementLength();
  if (!grids || targets.Length() != count || fills.Length() != count || sitings.ElementLength() != count * 4u) {
    throw Napi::RangeError::New(env, "warpFrame: the lengths of its arguments do not belong together.");
  }
  std::vector<double> homographies(numbers.Data(), numbers.Data() + numbers.ElementLength());
  std::vector<WarpedPlane> planes;
  planes.reserve(count);
  for (std::uint32_t i = 0; i < count; i++) {
    const double* s = sitings.Data() + i * 4;
    planes.push_back({planeOf(env, sources.Get(i)), planeOf(env, targets.Get(i)), {s[0], s[1], s[2], s[3]}, whole(fills.Get(i))});
    const auto& [src, dst, siting, fill] = planes.back();
    if (src.channels != dst.channels || src.bytesPerSample != dst.bytesPerSample || src.bytesPerSample != (bitDepth > 8 ? 2 : 1)) {
      throw Napi::RangeError::New(env, "warpFrame: source and target planes differ in channels or sample size.");
    }
  }
  return Task::start(info, [field, options, bitDepth, shift, homographies = std::move(homographies), planes = std::move(planes)] {
    WarpField f = field;
    f.homographies = homographies.data();
    for (const auto& [src, dst, siting, fill] : planes) {
      WarpOptions o = options;
      o.fill = fill;
      if (src.bytesPerSample == 1) {
        warp(src.as<const std::uint8_t>(), dst.as<std::uint8_t>(), src.channels, f, siting, o);
      } else {
        warp(src.as<const std::uint16_t>(), bitDepth, shift, dst.as<std::uint16_t>(), src.channels, f, siting, o);
      }
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

Napi::Value addonInfo(const Napi::CallbackInfo& info) {
  auto object = Napi::Object::New(info.Env());
  object.Set("version", GIMBAL_VERSION);
  object.Set("isa", isaName(activeIsa()));
  object.Set("cuda", false);
  return object;
}

Napi::Object exportAll(Napi::Env env, Napi::Object exports) {
  exports.Set("warpFrame", Napi::Function::New(env, warpFrame));
  exports.Set("resizeArea", Napi::Function::New(env, resizeAreaTask));
  exports.Set("pyramidDown", Napi::Function::New(env, pyramidDownTask));
  exports.Set("addonInfo", Napi::Function::New(env, addonInfo));
  exportAlign(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(gimbal_native, exportAll)
