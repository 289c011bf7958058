#include <napi.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "binding/addon-info.hpp"
#include "binding/estimate-task.hpp"
#include "binding/luma.hpp"

// Hands frames and answers across the border; no algorithm lives here.
namespace {

using gimbal::Pool;
using gimbal::SharedFrame;

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

class Engine : public Napi::ObjectWrap<Engine> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Engine", {InstanceMethod<&Engine::frame>("frame"), InstanceMethod<&Engine::estimate>("estimate"),
                                         InstanceMethod<&Engine::trust>("trust"), InstanceMethod<&Engine::carry>("carry"),
                                         InstanceMethod<&Engine::warmUp>("warmUp")});
  }

  explicit Engine(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    gimbal::Settings s;
    const Napi::Object o = info[0].As<Napi::Object>();
    s.analysisSize = o.Get("analysisSize").As<Napi::Number>().Int32Value();
    s.corners = o.Get("corners").As<Napi::Number>().Int32Value();
    s.threads = o.Get("threads").As<Napi::Number>().Int32Value();
    s.seed = o.Get("seed").As<Napi::Number>().Uint32Value();
    s.continuity = o.Get("continuity").ToBoolean();
    s.device = o.Get("ordinal").As<Napi::Number>().Int32Value();
    if (const Napi::Value mask = o.Get("mask"); mask.IsObject()) {
      const Napi::Object m = mask.As<Napi::Object>();
      const auto samples = m.Get("data").As<Napi::Uint8Array>();
      s.maskWidth = m.Get("width").As<Napi::Number>().Int32Value();
      s.maskHeight = m.Get("height").As<Napi::Number>().Int32Value();
      if (s.maskWidth < 1 || s.maskHeight < 1 || samples.ElementLength() != static_cast<std::size_t>(s.maskWidth) * s.maskHeight) {
        throw Napi::RangeError::New(info.Env(), "a mask has one sample for each of its pixels");
      }
      s.mask.assign(samples.Data(), samples.Data() + samples.ElementLength());
    }
    pool_ = std::make_shared<Pool>(std::move(s));
  }

 private:
  /// An empty handle; `estimate` fills it when it first meets it.
  Napi::Value frame(const Napi::CallbackInfo& info) {
    std::shared_ptr<SharedFrame> shared = pool_->frame();
    const auto* data = info.Env().GetInstanceData<AddonData>();
    return data->frameHandle.New({Napi::External<std::shared_ptr<SharedFrame>>::New(info.Env(), &shared)});
  }

  /// estimate([previousHandle, previousLuma, currentHandle, currentLuma, guess | null][], wantTracks) → Promise of a list
  Napi::Value estimate(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    auto task = std::make_unique<gimbal::binding::EstimateTask>(env, pool_);
    const auto list = info[0].As<Napi::Array>();
    task->pixels = Napi::Persistent(info[0].As<Napi::Object>());
    for (std::uint32_t p = 0; p < list.Length(); p++) {
      const auto pair = list.Get(p).As<Napi::Array>();
      gimbal::PairRequest request;
      for (std::uint32_t k = 0; k < 2; k++) {
        request.frames[k] = sharedOf(pair.Get(2 * k));
        request.lumas[k] = gimbal::binding::lumaOf(pair.Get(2 * k + 1).As<Napi::Array>());
      }
      const Napi::Value guess = pair.Get(4u);
      if (guess.IsTypedArray()) {
        const auto values = guess.As<Napi::Float64Array>();
        if (values.ElementLength() != 9) throw Napi::RangeError::New(env, "a guess has nine numbers");
        request.guess.emplace();
        for (int i = 0; i < 9; i++) (*request.guess)[i] = values[i];
      }
      task->requests.push_back(std::move(request));
    }
    task->wantTracks = info[1].ToBoolean();
    const Napi::Promise promise = task->deferred.Promise();
    task.release()->Queue();
    return promise;
  }

  /// trust(handle) → Promise of what the pairs before said of the frame's cells, 48 numbers
  Napi::Value trust(const Napi::CallbackInfo& info) {
    auto* task = new gimbal::binding::TrustTask(info.Env(), pool_, sharedOf(info[0]));
    const Napi::Promise promise = task->deferred.Promise();
    task->Queue();
    return promise;
  }

  /// carry(handle, trust): an empty handle begins with these 48 numbers
  void carry(const Napi::CallbackInfo& info) {
    const auto values = info[1].As<Napi::Float32Array>();
    gimbal::CellTrust trust;
    if (values.ElementLength() != trust.size()) throw Napi::RangeError::New(info.Env(), "the trust has one number for each cell");
    std::copy_n(values.Data(), trust.size(), trust.begin());
    gimbal::carryTrust(*pool_, *sharedOf(info[0]), trust);
  }

  static std::shared_ptr<SharedFrame> sharedOf(const Napi::Value& handle) {
    const auto* frame = FrameHandle::Unwrap(handle.As<Napi::Object>());
    if (!frame->shared) throw Napi::Error::New(handle.Env(), "the frame handle was released");
    return frame->shared;
  }

  /// Makes the device ready; nothing to do on the CPU.
  Napi::Value warmUp(const Napi::CallbackInfo& info) {
    auto* task = new gimbal::binding::WarmUp(info.Env(), pool_);
    const Napi::Promise promise = task->deferred.Promise();
    task->Queue();
    return promise;
  }

  std::shared_ptr<Pool> pool_;
};

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData;
  data->frameHandle = Napi::Persistent(FrameHandle::define(env));
  env.SetInstanceData(data);
  exports["Engine"] = Engine::define(env);
  exports["addonInfo"] = Napi::Function::New(env, gimbal::binding::addonInfo);
  return exports;
}

}  // namespace

NODE_API_MODULE(gimbal_cuda_classical, init)
