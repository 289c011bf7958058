// The JavaScript face of align. Handles are externals with a tag of their own; the TypeScript beside it checks arguments, and what
// could read outside a buffer is checked again here.
#include "align.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../align/frames.hpp"

namespace {

using namespace gimbal;
using alignment::Frames;
using alignment::SharedFrame;

constexpr napi_type_tag kFramesTag = {0x7f1a5c0de0a14b1cu, 0x9d3b6a2f8c514e01u};
constexpr napi_type_tag kFrameTag = {0x7f1a5c0de0a14b1cu, 0x9d3b6a2f8c514e02u};

/// An external that holds a shared pointer.
template <class T>
Napi::Value handle(Napi::Env env, std::shared_ptr<T> shared, const napi_type_tag& tag) {
  auto external = Napi::External<std::shared_ptr<T>>::New(env, new std::shared_ptr<T>(std::move(shared)),
                                                          [](Napi::Env, std::shared_ptr<T>* held) { delete held; });
  external.TypeTag(&tag);
  return external;
}

template <class T>
std::shared_ptr<T>& held(const Napi::Value& value, const napi_type_tag& tag) {
  if (!value.IsExternal() || !value.As<Napi::External<std::shared_ptr<T>>>().CheckTypeTag(&tag)) {
    throw Napi::TypeError::New(value.Env(), "align was given a handle that it did not make.");
  }
  auto& shared = *value.As<Napi::External<std::shared_ptr<T>>>().Data();
  if (!shared) throw Napi::Error::New(value.Env(), "align was given a frame that was released.");
  return shared;
}

int whole(const Napi::Value& value) { return value.ToNumber().Int32Value(); }

AlignLuma lumaOf(const Napi::Value& value, int bitDepth, int shift) {
  const Napi::Env env = value.Env();
  const auto plane = value.As<Napi::Object>();
  const Napi::Value data = plane.Get("data");
  if (!data.IsTypedArray() || data.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw Napi::TypeError::New(env, "A plane's data must be a Uint8Array.");
  }
  auto bytes = data.As<Napi::Uint8Array>();
  const int width = whole(plane.Get("width"));
  const int height = whole(plane.Get("height"));
  const std::int64_t stride = plane.Get("stride").ToNumber().Int64Value();
  const std::int64_t row = static_cast<std::int64_t>(width) * (bitDepth > 8 ? 2 : 1);
  const bool fits = width > 0 && height > 0 && width <= 65536 && height <= 65536 && stride >= row && stride <= (1 << 28) &&
                    stride * (height - 1) + row <= static_cast<std::int64_t>(bytes.ByteLength());
  const bool aligned = bitDepth <= 8 || (reinterpret_cast<std::uintptr_t>(bytes.Data()) % 2 == 0 && stride % 2 == 0);
  if (!fits || !aligned) {
    throw Napi::RangeError::New(env, "A luma plane of " + std::to_string(width) + "x" + std::to_string(height) + " with " +
                                         std::to_string(bitDepth) + " bits, rows " + std::to_string(stride) +
                                         " bytes apart, does not fit its " + std::to_string(bytes.ByteLength()) + " bytes.");
  }
  return {bytes.Data(), width, height, static_cast<std::ptrdiff_t>(stride), bitDepth, shift};
}

class AlignWorker : public Napi::AsyncWorker {
 public:
  AlignWorker(Napi::Env env, std::shared_ptr<Frames> frames)
      : Napi::AsyncWorker(env, "gimbal_align"), deferred(Napi::Promise::Deferred::New(env)), frames(std::move(frames)) {}

  Napi::Promise::Deferred deferred;
  std::shared_ptr<Frames> frames;
  std::shared_ptr<SharedFrame> pair[2];
  AlignLuma luma[2];
  Napi::ObjectReference planes[2];  // keep the samples from being collected
  std::array<double, 9> start{};
  std::vector<float> weights;
  AlignTrust trust = unknownAlignTrust();
  int weightsSize = 0;

 protected:
  void Execute() override {
    scratch_ = frames->scratch();
    for (int k = 0; k < 2; k++) pair[k]->prepare(luma[k], frames->settings, *scratch_);
    const AlignWeights heed{weights.data(), weightsSize};
    result_ = align(pair[0]->frame, pair[1]->frame, start, weightsSize > 0 ? &heed : nullptr, trust, frames->settings,
                    *scratch_);
  }
  void OnOK() override {
    auto out = Napi::Float64Array::New(Env(), 13 + alignCells);
    for (int i = 0; i < 9; i++) out[i] = result_.h[i];
    out[9] = result_.converged ? 1 : 0;
    out[10] = result_.inlierShare;
    out[11] = result_.residual;
    out[12] = result_.cornerSigma;
    for (int c = 0; c < alignCells; c++) out[13 + c] = result_.trust[c];
    finish();
    deferred.Resolve(out);
  }
  void OnError(const Napi::Error& error) override {
    finish();
    deferred.Reject(error.Value());
  }

 private:
  void finish() {
    if (scratch_) frames->giveBack(std::move(scratch_));
    pair[0].reset();
    pair[1].reset();
  }

  std::unique_ptr<AlignScratch> scratch_;
  AlignResult result_;
};

/// alignerOf(analysisSize, points, reach, threads): handle
Napi::Value alignerOf(const Napi::CallbackInfo& info) {
  const AlignSettings settings{whole(info[0]), whole(info[1]), info[2].ToNumber().DoubleValue(), whole(info[3])};
  return handle(info.Env(), std::make_shared<Frames>(settings), kFramesTag);
}

/// alignFrameOf(aligner): handle. Empty; alignPair fills it when it first meets it.
Napi::Value alignFrameOf(const Napi::CallbackInfo& info) {
  return handle(info.Env(), held<Frames>(info[0], kFramesTag)->frame(), kFrameTag);
}

/// releaseAlignFrame(frame): gives the buffers back now; work in flight keeps its own hold on them.
void releaseAlignFrame(const Napi::CallbackInfo& info) { held<SharedFrame>(info[0], kFrameTag).reset(); }

/// alignPair(aligner, previous: frame, plane, current: frame, plane, bitDepth, shift, start: Float64Array, weights: Float32Array of
///   n x n or null, trust: Float32Array of the cells or null): Promise<Float64Array> of the homography, converged (0 or 1),
///   inlierShare, residual, cornerSigma, and the trust of the current frame's cells
Napi::Value alignPair(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto worker = std::make_unique<AlignWorker>(env, held<Frames>(info[0], kFramesTag));
  const int bitDepth = whole(info[5]);
  const int shift = whole(info[6]);
  for (int k = 0; k < 2; k++) {
    worker->pair[k] = held<SharedFrame>(info[1 + 2 * k], kFrameTag);
    worker->luma[k] = lumaOf(info[2 + 2 * k], bitDepth, shift);
    worker->planes[k] = Napi::Persistent(info[2 + 2 * k].As<Napi::Object>());
  }
  auto start = info[7].As<Napi::Float64Array>();
  if (start.ElementLength() != 9) throw Napi::RangeError::New(env, "A homography has nine numbers.");
  for (int i = 0; i < 9; i++) worker->start[i] = start[i];
  if (info[8].IsTypedArray()) {
    auto weights = info[8].As<Napi::Float32Array>();
    while (static_cast<std::size_t>(worker->weightsSize + 1) * (worker->weightsSize + 1) <= weights.ElementLength())
      worker->weightsSize++;
    if (static_cast<std::size_t>(worker->weightsSize) * worker->weightsSize != weights.ElementLength()) {
      throw Napi::RangeError::New(env, "Weights must be a square grid.");
    }
    worker->weights.assign(weights.Data(), weights.Data() + weights.ElementLength());
  }
  if (info[9].IsTypedArray()) {
    auto trust = info[9].As<Napi::Float32Array>();
    if (trust.ElementLength() != alignCells) throw Napi::RangeError::New(env, "Trust is told of every cell.");
    std::copy_n(trust.Data(), alignCells, worker->trust.begin());
  }
  const Napi::Promise promise = worker->deferred.Promise();
  worker.release()->Queue();
  return promise;
}

}  // namespace

void exportAlign(Napi::Env env, Napi::Object exports) {
  exports.Set("alignerOf", Napi::Function::New(env, alignerOf));
  exports.Set("alignFrameOf", Napi::Function::New(env, alignFrameOf));
  exports.Set("releaseAlignFrame", Napi::Function::New(env, releaseAlignFrame));
  exports.Set("alignPair", Napi::Function::New(env, alignPair));
}
