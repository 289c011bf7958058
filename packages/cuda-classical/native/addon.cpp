#include <napi.h>

#include <memory>
#include <optional>
#include <string>

#include "estimate/estimate.hpp"
#include "frame-pool/frame-pool.hpp"
#include "isa/isa.hpp"

// Hands frames and answers across the border; no algorithm lives here.
namespace {

using gimbal::Pool;
using gimbal::SharedFrame;

const char* modelName(gimbal::Model model) {
  static const char* names[] = {"identity", "translation", "similarity", "homography"};
  return names[static_cast<int>(model)];
}

const char* verdictName(gimbal::Verdict verdict) {
  static const char* names[] = {"ok", "weak", "cut", "duplicate"};
  return names[static_cast<int>(verdict)];
}

/// { data, width, height, stride, bitDepth, shift }; the view must cover the rows.
gimbal::Luma lumaOf(const Napi::Object& o) {
  const Napi::Env env = o.Env();
  const auto number = [&](const char* key) {
    const Napi::Value v = o.Get(key);
    if (!v.IsNumber()) throw Napi::TypeError::New(env, std::string("luma.") + key + " must be a number");
    return v.As<Napi::Number>().Int64Value();
  };
  const Napi::Value data = o.Get("data");
  if (!data.IsTypedArray() || data.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array)
    throw Napi::TypeError::New(env, "luma.data must be a Uint8Array");
  const auto bytes = data.As<Napi::Uint8Array>();
  const std::int64_t width = number("width"), height = number("height"), stride = number("stride");
  const std::int64_t bitDepth = number("bitDepth"), shift = number("shift");
  if (width < 1 || height < 1 || width > 65536 || height > 65536)
    throw Napi::RangeError::New(env, "luma must have 1 to 65536 pixels a side");
  if (bitDepth < 8 || bitDepth > 16 || shift < 0 || bitDepth + shift > 16)
    throw Napi::RangeError::New(env, "luma.bitDepth must be 8 to 16, and bitDepth + shift at most 16");
  const std::int64_t row = width * (bitDepth > 8 ? 2 : 1);
  if (stride < row || (height - 1) * stride + row > static_cast<std::int64_t>(bytes.ByteLength()))
    throw Napi::RangeError::New(env, "luma.data is shorter than its width, height and stride say");
  if (bitDepth > 8 && (reinterpret_cast<std::uintptr_t>(bytes.Data()) % 2 != 0 || stride % 2 != 0))
    throw Napi::RangeError::New(env, "luma.data with more than 8 bits must start and step on even bytes");
  return {bytes.Data(), static_cast<int>(width), static_cast<int>(height), static_cast<std::ptrdiff_t>(stride),
          static_cast<int>(bitDepth), static_cast<int>(shift)};
}

class FrameHandle : public Napi::ObjectWrap<FrameHandle> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "FrameHandle", {InstanceMethod<&FrameHandle::release>("release")});
  }
  explicit FrameHandle(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    if (info.Length() < 1 || !info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "frames are made by an engine");
    shared = *info[0].As<Napi::External<std::shared_ptr<SharedFrame>>>().Data();
  }
  std::shared_ptr<SharedFrame> shared;

 private:
  /// Gives the buffers back now; work in flight keeps its own hold on them.
  void release(const Napi::CallbackInfo&) { shared.reset(); }
};

struct AddonData {
  Napi::FunctionReference frameHandle;
};

class EstimateWorker : public Napi::AsyncWorker {
 public:
  EstimateWorker(Napi::Env env, std::shared_ptr<Pool> pool) : AsyncWorker(env), deferred(Napi::Promise::Deferred::New(env)), pool(std::move(pool)) {}

  void Execute() override {
    workspace = pool->workspace();
    gimbal::prepare(*frames[0], lumas[0], pool->settings, *workspace);
    gimbal::prepare(*frames[1], lumas[1], pool->settings, *workspace);
    gimbal::EstimateOptions options;
    options.seed = pool->settings.seed;
    options.threads = pool->settings.threads;
    if (pool->settings.continuity) {
      std::lock_guard lock(frames[0]->mutex);
      options.trust = frames[0]->trust;
    }
    result = gimbal::estimatePair(frames[0]->prepared, frames[1]->prepared, guess ? &*guess : nullptr, options,
                                  workspace->estimate);
    std::lock_guard lock(frames[1]->mutex);
    frames[1]->trust = result.trust;
  }

  void OnOK() override {
    const Napi::Env env = Env();
    Napi::Object out = Napi::Object::New(env);
    Napi::Float64Array h = Napi::Float64Array::New(env, 9);
    for (int i = 0; i < 9; i++) h[i] = result.h[i];
    out["homography"] = h;
    out["model"] = modelName(result.model);
    out["verdict"] = verdictName(result.verdict);
    out["confidence"] = result.confidence;
    out["tracked"] = result.tracked;
    out["inliers"] = result.inliers;
    out["coverage"] = result.coverage;
    out["cornerSigma"] = result.cornerSigma;
    out["residual"] = result.scale;
    if (wantTracks) out["tracks"] = tracksOf(env);
    finish();
    deferred.Resolve(out);
  }

  void OnError(const Napi::Error& error) override {
    finish();
    deferred.Reject(error.Value());
  }

  Napi::Promise::Deferred deferred;
  std::shared_ptr<Pool> pool;
  std::shared_ptr<SharedFrame> frames[2];
  gimbal::Luma lumas[2];
  Napi::ObjectReference pixels[2];  // keep the samples from being collected
  std::optional<gimbal::Mat3> guess;
  bool wantTracks = false;

 private:
  /// Five numbers a corner: x, y, u, v in source pixels, and 1 inlier, 0 outlier, −1 lost.
  Napi::Float32Array tracksOf(Napi::Env env) {
    const auto& tracks = workspace->estimate.tracks;
    const gimbal::PreparedFrame& f = frames[0]->prepared;
    const auto level = f.pyramid.level(0);
    const float sx = float(f.sourceWidth) / level.width, sy = float(f.sourceHeight) / level.height;
    Napi::Float32Array out = Napi::Float32Array::New(env, tracks.size() * 5);
    for (std::size_t i = 0; i < tracks.size(); i++) {
      const gimbal::Track& t = tracks[i];
      float* o = out.Data() + 5 * i;
      o[0] = (t.x + 0.5f) * sx - 0.5f;
      o[1] = (t.y + 0.5f) * sy - 0.5f;
      o[2] = t.ok ? (t.u + 0.5f) * sx - 0.5f : o[0];
      o[3] = t.ok ? (t.v + 0.5f) * sy - 0.5f : o[1];
      o[4] = !t.ok ? -1.0f : workspace->estimate.inlier[i] ? 1.0f : 0.0f;
    }
    return out;
  }

  void finish() {
    if (workspace) pool->giveBack(std::move(workspace));
    frames[0].reset();
    frames[1].reset();
  }

  std::unique_ptr<gimbal::Workspace> workspace;
  gimbal::Estimate result;
};

class Engine : public Napi::ObjectWrap<Engine> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Engine", {InstanceMethod<&Engine::frame>("frame"), InstanceMethod<&Engine::estimate>("estimate")});
  }

  explicit Engine(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    gimbal::Settings s;
    const Napi::Object o = info[0].As<Napi::Object>();
    s.analysisSize = o.Get("analysisSize").As<Napi::Number>().Int32Value();
    s.corners = o.Get("corners").As<Napi::Number>().Int32Value();
    s.threads = o.Get("threads").As<Napi::Number>().Int32Value();
    s.seed = o.Get("seed").As<Napi::Number>().Uint32Value();
    s.continuity = o.Get("continuity").ToBoolean();
    pool_ = std::make_shared<Pool>(s);
  }

 private:
  /// An empty handle; `estimate` fills it when it first meets it.
  Napi::Value frame(const Napi::CallbackInfo& info) {
    std::shared_ptr<SharedFrame> shared = pool_->frame();
    const auto* data = info.Env().GetInstanceData<AddonData>();
    return data->frameHandle.New({Napi::External<std::shared_ptr<SharedFrame>>::New(info.Env(), &shared)});
  }

  /// estimate(previousHandle, previousLuma, currentHandle, currentLuma, guess | null, wantTracks) → Promise
  Napi::Value estimate(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    auto worker = std::make_unique<EstimateWorker>(env, pool_);
    for (int k = 0; k < 2; k++) {
      const auto* handle = FrameHandle::Unwrap(info[2 * k].As<Napi::Object>());
      if (!handle->shared) throw Napi::Error::New(env, "the frame handle was released");
      worker->frames[k] = handle->shared;
      const Napi::Object luma = info[2 * k + 1].As<Napi::Object>();
      worker->lumas[k] = lumaOf(luma);
      worker->pixels[k] = Napi::Persistent(luma);
    }
    if (info[4].IsTypedArray()) {
      const auto values = info[4].As<Napi::Float64Array>();
      if (values.ElementLength() != 9) throw Napi::RangeError::New(env, "a guess has nine numbers");
      gimbal::Mat3 h;
      for (int i = 0; i < 9; i++) h[i] = values[i];
      worker->guess = h;
    }
    worker->wantTracks = info[5].ToBoolean();
    const Napi::Promise promise = worker->deferred.Promise();
    worker.release()->Queue();
    return promise;
  }

  std::shared_ptr<Pool> pool_;
};

Napi::Value addonInfo(const Napi::CallbackInfo& info) {
  auto object = Napi::Object::New(info.Env());
  object.Set("version", GIMBAL_VERSION);
  object.Set("isa", gimbal::isaName(gimbal::activeIsa()));
  object.Set("cuda", false);
  return object;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData;
  data->frameHandle = Napi::Persistent(FrameHandle::define(env));
  env.SetInstanceData(data);
  exports["Engine"] = Engine::define(env);
  exports["addonInfo"] = Napi::Function::New(env, addonInfo);
  return exports;
}

}  // namespace

NODE_API_MODULE(gimbal_cuda_classical, init)
