#pragma once
#include <napi.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "../device/cuda-error.hpp"

namespace gimbal::binding {

/// Runs `work` on a thread of libuv's pool and settles a promise. Holds the call's arguments, so that no buffer goes away meanwhile.
/// What CUDA refuses keeps its kind on the way to JavaScript: `kind`, `operation` and `cudaError` of the error.
class Task : public Napi::AsyncWorker {
 public:
  /// `answer`, if any, makes the promise's value on the event loop's thread.
  static Napi::Value start(const Napi::CallbackInfo& info, std::function<void()> work,
                           std::function<Napi::Value(Napi::Env)> answer = nullptr) {
    auto* task = new Task(info.Env(), std::move(work), std::move(answer));
    for (std::size_t i = 0; i < info.Length(); i++) {
      if (info[i].IsObject()) task->held_.push_back(Napi::Persistent(info[i].As<Napi::Object>()));
    }
    const Napi::Promise promise = task->deferred_.Promise();
    task->Queue();
    return promise;
  }

 protected:
  // node-addon-api turns other exceptions into OnError
  void Execute() override {
    try {
      work_();
    } catch (const CudaError& error) {
      kind_ = error.kindName();
      operation_ = error.operation;
      name_ = error.name;
      SetError(error.what());
    }
  }
  void OnOK() override { deferred_.Resolve(answer_ ? answer_(Env()) : Env().Undefined()); }
  void OnError(const Napi::Error& error) override {
    if (kind_ != nullptr) {
      const Napi::Object value = error.Value();
      value.Set("kind", kind_);
      value.Set("operation", operation_);
      value.Set("cudaError", name_);
    }
    deferred_.Reject(error.Value());
  }

 private:
  Task(Napi::Env env, std::function<void()> work, std::function<Napi::Value(Napi::Env)> answer)
      : Napi::AsyncWorker(env, "gimbal_native"),
        work_(std::move(work)),
        answer_(std::move(answer)),
        deferred_(Napi::Promise::Deferred::New(env)) {}

  std::function<void()> work_;
  std::function<Napi::Value(Napi::Env)> answer_;
  Napi::Promise::Deferred deferred_;
  std::vector<Napi::ObjectReference> held_;
  const char* kind_ = nullptr;
  std::string operation_;
  std::string name_;
};

}  // namespace gimbal::binding
