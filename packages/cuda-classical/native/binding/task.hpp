#pragma once
#include <napi.h>

#include <algorithm>
#include <memory>
#include <string>

#include "../engine/answer-pairs.hpp"
#include "device/cuda-error.hpp"

namespace gimbal::binding {

/// An error as JavaScript gets it: what the device refused has a `kind`.
inline Napi::Value errorOf(Napi::Env env, const std::string& message, const char* kind, const std::string& operation, const std::string& name) {
  Napi::Error error = Napi::Error::New(env, message);
  if (kind != nullptr) {
    error.Set("kind", Napi::String::New(env, kind));
    error.Set("operation", Napi::String::New(env, operation));
    error.Set("cudaError", Napi::String::New(env, name));
  }
  return error.Value();
}

/// Work on a thread of libuv's pool that ends in a promise. What CUDA refuses keeps its kind on the way to JavaScript.
class Task : public Napi::AsyncWorker {
 public:
  Task(Napi::Env env, std::shared_ptr<Pool> pool) : AsyncWorker(env, "gimbal_classical"), deferred(Napi::Promise::Deferred::New(env)), pool(std::move(pool)) {}

  void Execute() override {
    try {
      work();
    } catch (const CudaError& error) {
      kind_ = error.kindName();
      operation_ = error.operation;
      name_ = error.name;
      SetError(error.what());
    }
  }
  void OnOK() override { deferred.Resolve(answer()); }
  void OnError(const Napi::Error& error) override { deferred.Reject(errorOf(Env(), error.Message(), kind_, operation_, name_)); }

  Napi::Promise::Deferred deferred;
  std::shared_ptr<Pool> pool;

 protected:
  virtual void work() = 0;
  virtual Napi::Value answer() { return Env().Undefined(); }

 private:
  const char* kind_ = nullptr;
  std::string operation_, name_;
};

class WarmUp : public Task {
 public:
  using Task::Task;

 protected:
  void work() override { warmUp(*pool); }
};

/// What the pairs before said of a frame's cells, as a Float32Array.
class TrustTask : public Task {
 public:
  TrustTask(Napi::Env env, std::shared_ptr<Pool> pool, std::shared_ptr<SharedFrame> frame) : Task(env, std::move(pool)), frame_(std::move(frame)) {}

 protected:
  void work() override { trust_ = trustOf(*pool, *frame_); }
  Napi::Value answer() override {
    Napi::Float32Array out = Napi::Float32Array::New(Env(), trust_.size());
    std::copy(trust_.begin(), trust_.end(), out.Data());
    return out;
  }

 private:
  std::shared_ptr<SharedFrame> frame_;
  CellTrust trust_{};
};

}  // namespace gimbal::binding
