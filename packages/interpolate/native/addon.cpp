// The JavaScript face of the interpolation's operations. Arguments are checked by the TypeScript beside it; what is checked again here is whatever
// could read or write outside a buffer.
#include <napi.h>

#include <memory>
#include <string>

#include <binding/addon-info.hpp>
#include <binding/plane.hpp>
#include <binding/task.hpp>

#include "frame/frame.hpp"
#include "motion/motion.hpp"
#include "print/print.hpp"

namespace {

using namespace gimbal;
using namespace gimbal::interpolate;
using binding::Task;
using binding::whole;

/// A picture from a list of planes and [bit depth, shift]. Planes beyond the third (opacity) are left alone.
Picture pictureOf(Napi::Env env, const Napi::Value& planes, const Napi::Value& bits) {
  const auto list = planes.As<Napi::Array>();
  const auto depth = bits.As<Napi::Array>();
  Picture picture;
  picture.bitDepth = whole(depth.Get(0u));
  picture.shift = whole(depth.Get(1u));
  const auto count = list.Length();
  if (count < 1 || count > 3 || picture.bitDepth < 8 || picture.bitDepth > 16 || picture.shift < 0 || picture.shift > 8) {
    throw Napi::RangeError::New(env, "a picture of this format does not exist");
  }
  for (std::uint32_t p = 0; p < count; p++) {
    const binding::Bytes plane = binding::planeOf(env, list.Get(p));
    if (plane.onDevice) throw Napi::TypeError::New(env, "A plane in host memory was expected, this one lies on a CUDA device.");
    if (p == 0) picture.bytes = plane.bytesPerSample;
    if (plane.bytesPerSample != picture.bytes || plane.bytesPerSample != (picture.bitDepth > 8 ? 2 : 1) || (p == 0 && plane.channels != 1)) {
      throw Napi::RangeError::New(env, "the planes of a picture do not fit one another");
    }
    if (plane.channels == 2) {
      if (count != 2 || p != 1) throw Napi::RangeError::New(env, "the planes of a picture do not fit one another");
      for (int c = 0; c < 2; c++) picture.plane[1 + c] = {plane.data + c * plane.bytesPerSample, plane.stride, plane.width, plane.height, 2};
    } else {
      picture.plane[p] = {plane.data, plane.stride, plane.width, plane.height, 1};
    }
  }
  picture.planes = count == 1 ? 1 : 3;
  if (picture.planes == 3 && (picture.plane[1].width != picture.plane[2].width || picture.plane[1].height != picture.plane[2].height)) {
    throw Napi::RangeError::New(env, "the planes of a picture do not fit one another");
  }
  return picture;
}

void requireAlike(Napi::Env env, const Picture& a, const Picture& b) {
  bool alike = a.planes == b.planes && a.bytes == b.bytes && a.bitDepth == b.bitDepth && a.shift == b.shift;
  for (int p = 0; p < a.planes; p++) alike = alike && a.plane[p].width == b.plane[p].width && a.plane[p].height == b.plane[p].height;
  if (!alike) throw Napi::RangeError::New(env, "the pictures of a pair do not fit one another");
}

float* floats(Napi::Env env, const Napi::Value& value, std::size_t numbers, const char* what) {
  auto array = value.As<Napi::Float32Array>();
  if (array.ElementLength() < numbers) throw Napi::RangeError::New(env, std::string(what) + " is too small");
  return array.Data();
}

const float* maybeFloats(Napi::Env env, const Napi::Value& value, std::size_t numbers, const char* what) {
  return value.IsUndefined() || value.IsNull() ? nullptr : floats(env, value, numbers, what);
}

const double* matrices(Napi::Env env, const Napi::Value& value, std::size_t count) {
  auto array = value.As<Napi::Float64Array>();
  if (array.ElementLength() < 9 * count) throw Napi::RangeError::New(env, "a matrix is missing");
  return array.Data();
}

std::size_t areaOf(Napi::Env env, int rows, int columns) {
  if (rows < 1 || columns < 1 || rows > 1 << 15 || columns > 1 << 15) throw Napi::RangeError::New(env, "a map of this size does not exist");
  return static_cast<std::size_t>(rows) * columns;
}

/// halfPictures(first, second, bits, [toFirst, toSecond], rows, columns, out, threads): Promise<void>
Napi::Value halfPicturesTask(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Picture first = pictureOf(env, info[0], info[2]), second = pictureOf(env, info[1], info[2]);
  requireAlike(env, first, second);
  const double* m = matrices(env, info[3], 2);
  const int rows = whole(info[4]), columns = whole(info[5]), threads = whole(info[7]);
  const std::size_t one = 6 * areaOf(env, rows, columns);
  float* out = floats(env, info[6], 2 * one, "the picture at half size");
  return Task::start(info, [=] {
    halfPicture(first, m, columns, rows, out, threads);
    halfPicture(second, m + 9, columns, rows, out + one, threads);
  });
}

/// lookAt(features, [channels, rows, columns, stride, radius, context], flow?, said?, seen, enlarged, threads): Promise<void>
Napi::Value lookAtTask(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto shape = info[1].As<Napi::Array>();
  Level level;
  level.channels = whole(shape.Get(0u));
  level.rows = whole(shape.Get(1u));
  level.columns = whole(shape.Get(2u));
  level.stride = whole(shape.Get(3u));
  level.radius = whole(shape.Get(4u));
  level.context = whole(shape.Get(5u));
  const std::size_t area = areaOf(env, level.rows, level.columns);
  if (level.channels < 1 || level.channels > 1024 || level.radius < 0 || level.radius > 16 || level.stride < 1 || level.context < 0 ||
      level.context > 1024) {
    throw Napi::RangeError::New(env, "a level of this shape does not exist");
  }
  level.features = floats(env, info[0], 2 * static_cast<std::size_t>(level.channels) * area, "the features");
  const std::size_t coarse = area / 4;
  level.flow = maybeFloats(env, info[2], 4 * coarse, "the flow");
  level.said = maybeFloats(env, info[3], (4 + static_cast<std::size_t>(level.context)) * coarse, "what the decoder said");
  if ((level.flow == nullptr) != (level.said == nullptr)) throw Napi::RangeError::New(env, "flow and step come together");
  if (level.said != nullptr && (level.rows % 2 != 0 || level.columns % 2 != 0)) throw Napi::RangeError::New(env, "a finer level has even sides");
  float* seen = floats(env, info[4], static_cast<std::size_t>(seenChannels(level)) * area, "what the decoder sees");
  float* enlarged = floats(env, info[5], 4 * area, "the enlarged flow");
  const int threads = whole(info[6]);
  return Task::start(info, [=] { lookAt(level, seen, enlarged, threads); });
}

/// addStep(flow, said, rows, columns, stride): void
Napi::Value addStepNow(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const int rows = whole(info[2]), columns = whole(info[3]);
  const std::size_t area = areaOf(env, rows, columns);
  addStep(floats(env, info[0], 4 * area, "the flow"), floats(env, info[1], 4 * area, "the step"), rows, columns, whole(info[4]));
  return env.Undefined();
}

/// findPrint(first, second, bits, [toFirst, toSecond], mask, threads): Promise<number> of pixels found
Napi::Value findPrintTask(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Picture first = pictureOf(env, info[0], info[2]), second = pictureOf(env, info[1], info[2]);
  requireAlike(env, first, second);
  const double* m = matrices(env, info[3], 2);
  auto array = info[4].As<Napi::Uint8Array>();
  if (array.ElementLength() < static_cast<std::size_t>(first.width()) * first.height()) throw Napi::RangeError::New(env, "the mask of print is too small");
  unsigned char* mask = array.Data();
  const int threads = whole(info[5]);
  auto found = std::make_shared<double>(0);
  return Task::start(
      info, [=] { *found = static_cast<double>(findPrint(first, second, m, m + 9, mask, threads)); },
      [found](Napi::Env e) -> Napi::Value { return Napi::Number::New(e, *found); });
}

/// What a pair's task holds while it runs.
struct Held {
  Picture first, second, target;
  Pair pair;
};

/// The first arguments of both tasks: first, second, bits, [toFirst, toSecond, toMiddle], t, flow?, context?, [channels, rows, columns], print?.
std::shared_ptr<Held> pairOf(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto held = std::make_shared<Held>();
  held->first = pictureOf(env, info[0], info[2]);
  held->second = pictureOf(env, info[1], info[2]);
  requireAlike(env, held->first, held->second);
  const double* m = matrices(env, info[3], 3);
  const auto shape = info[7].As<Napi::Array>();
  Pair& pair = held->pair;
  pair.first = &held->first;
  pair.second = &held->second;
  pair.toFirst = m;
  pair.toSecond = m + 9;
  pair.toMiddle = m + 18;
  pair.t = info[4].ToNumber().FloatValue();
  pair.channels = whole(shape.Get(0u));
  pair.rows = whole(shape.Get(1u));
  pair.columns = whole(shape.Get(2u));
  const std::size_t area = areaOf(env, pair.rows, pair.columns);
  if (pair.channels < 0 || pair.channels > 1024) throw Napi::RangeError::New(env, "a context of this shape does not exist");
  pair.flow = maybeFloats(env, info[5], 4 * area, "the flow");
  pair.context = maybeFloats(env, info[6], static_cast<std::size_t>(pair.channels) * area, "the context");
  if (!info[8].IsUndefined() && !info[8].IsNull()) {
    auto mask = info[8].As<Napi::Uint8Array>();
    if (mask.ElementLength() < static_cast<std::size_t>(held->first.width()) * held->first.height()) throw Napi::RangeError::New(env, "the mask of print is too small");
    pair.print = mask.Data();
  }
  if (pair.flow != nullptr && pair.context == nullptr) throw Napi::RangeError::New(env, "flow and context come together");
  return held;
}

/// fetchPair(…, seen, timed, context out, threads): Promise<void>
Napi::Value fetchPairTask(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto held = pairOf(info);
  const std::size_t area = areaOf(env, held->pair.rows, held->pair.columns);
  float* seen = floats(env, info[9], SEEN * 4 * area, "what the synthesis sees");
  float* timed = floats(env, info[10], 4 * area, "the flow at t");
  float* context = floats(env, info[11], static_cast<std::size_t>(held->pair.channels) * area, "the context at t");
  const int threads = whole(info[12]);
  return Task::start(info, [=] { fetchPair(held->pair, seen, timed, context, threads); });
}

/// mixPair(…, seen, timed, said?, [margin, guard], target, threads): Promise<Float64Array> of difference, poor, guarded, seen
Napi::Value mixPairTask(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto held = pairOf(info);
  const std::size_t area = areaOf(env, held->pair.rows, held->pair.columns);
  const float* seen = floats(env, info[9], SEEN * 4 * area, "what the synthesis sees");
  const float* timed = floats(env, info[10], 4 * area, "the flow at t");
  const float* said = maybeFloats(env, info[11], 11 * 4 * area, "what the synthesis said");
  const auto how = info[12].As<Napi::Array>();
  const float margin = how.Get(0u).ToNumber().FloatValue();
  const bool guard = how.Get(1u).ToBoolean();
  held->target = pictureOf(env, info[13], info[2]);
  requireAlike(env, held->first, held->target);
  if (held->target.width() > held->pair.columns * 4 || held->target.height() > held->pair.rows * 4) {
    throw Napi::RangeError::New(env, "the maps are smaller than the picture");
  }
  const int threads = whole(info[14]);
  auto made = std::make_shared<Made>();
  return Task::start(
      info, [=] { *made = mixPair(held->pair, seen, timed, said, margin, guard, held->target, threads); },
      [made](Napi::Env e) -> Napi::Value {
        auto numbers = Napi::Float64Array::New(e, 4);
        numbers[0] = made->difference;
        numbers[1] = made->poor;
        numbers[2] = made->guarded;
        numbers[3] = made->seen;
        return numbers;
      });
}

Napi::Object exportAll(Napi::Env env, Napi::Object exports) {
  exports.Set("halfPictures", Napi::Function::New(env, halfPicturesTask));
  exports.Set("lookAt", Napi::Function::New(env, lookAtTask));
  exports.Set("addStep", Napi::Function::New(env, addStepNow));
  exports.Set("findPrint", Napi::Function::New(env, findPrintTask));
  exports.Set("fetchPair", Napi::Function::New(env, fetchPairTask));
  exports.Set("mixPair", Napi::Function::New(env, mixPairTask));
  exports.Set("addonInfo", Napi::Function::New(env, binding::addonInfo));
  return exports;
}

}  // namespace

NODE_API_MODULE(gimbal_interpolate, exportAll)
