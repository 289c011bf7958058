// The JavaScript face of the engine. Arguments are checked by the TypeScript beside it; what is checked again here is whatever could read
// or write outside a buffer.
#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include <binding/addon-info.hpp>
#include <binding/task.hpp>

#include "network/network.hpp"

namespace {

using namespace gimbal;
using binding::Task;

constexpr napi_type_tag networkTag = {0x5b0d4c6fe3a94c17u, 0x9af2e81d7c6045b3u};

/// What JavaScript holds: released early by `release`, or with the handle.
struct Held {
  std::shared_ptr<nn::Network> network;
};

std::shared_ptr<nn::Network> networkOf(const Napi::Value& value) {
  if (!value.IsExternal() || !value.As<Napi::External<Held>>().CheckTypeTag(&networkTag)) {
    throw Napi::TypeError::New(value.Env(), "A network that loadNetwork made was expected.");
  }
  const auto& network = value.As<Napi::External<Held>>().Data()->network;
  if (!network) throw Napi::Error::New(value.Env(), "This network was disposed of; load it again.");
  return network;
}

int whole(const Napi::Value& value) { return value.ToNumber().Int32Value(); }

/// load(plan: string, weights: Uint8Array, device, precision, slots, threads, graphs): Promise<{ network, tensors, programs }>
Napi::Value load(const Napi::CallbackInfo& info) {
  const std::string plan = info[0].ToString();
  const auto weights = info[1].As<Napi::Uint8Array>();
  const unsigned char* bytes = weights.Data();
  const std::size_t count = weights.ByteLength();
  nn::NetworkOptions options;
  options.device = whole(info[2]);
  options.precision = static_cast<nn::Precision>(whole(info[3]));
  options.slots = whole(info[4]);
  options.threads = whole(info[5]);
  options.graphs = info[6].ToBoolean();
  auto made = std::make_shared<std::shared_ptr<nn::Network>>();
  return Task::start(
      info, [=] { *made = std::make_shared<nn::Network>(plan, bytes, count, options); },
      [made](Napi::Env env) {
        auto answer = Napi::Object::New(env);
        auto tensors = Napi::Array::New(env);
        for (const nn::TensorInfo& one : (*made)->tensors()) {
          auto tensor = Napi::Object::New(env);
          tensor.Set("name", one.name);
          tensor.Set("kind", one.kind);
          auto shape = Napi::Array::New(env);
          for (const int size : one.shape) shape.Set(shape.Length(), size);
          tensor.Set("shape", shape);
          tensors.Set(tensors.Length(), tensor);
        }
        auto programs = Napi::Array::New(env);
        for (const std::string& name : (*made)->programs()) programs.Set(programs.Length(), name);
        auto external = Napi::External<Held>::New(env, new Held{*made}, [](Napi::Env, Held* held) { delete held; });
        external.TypeTag(&networkTag);
        answer.Set("network", external);
        answer.Set("tensors", tensors);
        answer.Set("programs", programs);
        return answer;
      });
}

/// run(network, programs: string[], batch, count, feeds: [name, data: Float32Array | Int32Array | bigint, stream: bigint][],
///   fetches: [name, Float32Array][]): Promise<void>
Napi::Value run(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto network = networkOf(info[0]);
  std::vector<std::string> programs;
  const auto names = info[1].As<Napi::Array>();
  for (std::uint32_t i = 0; i < names.Length(); i++) programs.push_back(names.Get(i).ToString());
  const int batch = whole(info[2]);
  const int count = whole(info[3]);
  const auto room = [&](const std::string& name, std::size_t bytes) {
    for (const nn::TensorInfo& one : network->tensors()) {
      if (one.name == name && one.numbers * 4 * static_cast<std::size_t>(count < 0 ? 0 : count) <= bytes) return;
    }
    throw Napi::RangeError::New(env, "\"" + name + "\" is no tensor of the network, or its memory is too small for " + std::to_string(count) + " items.");
  };
  std::vector<nn::Feed> feeds;
  const auto in = info[4].As<Napi::Array>();
  for (std::uint32_t i = 0; i < in.Length(); i++) {
    const auto entry = in.Get(i).As<Napi::Array>();
    nn::Feed feed;
    feed.name = entry.Get(0u).ToString();
    const Napi::Value data = entry.Get(1u);
    if (data.IsBigInt()) {
      bool lossless = false;
      feed.onDevice = true;
      feed.data = reinterpret_cast<const void*>(data.As<Napi::BigInt>().Uint64Value(&lossless));
      feed.ready = reinterpret_cast<CudaStream>(entry.Get(2u).As<Napi::BigInt>().Uint64Value(&lossless));
    } else {
      const auto array = data.As<Napi::TypedArray>();
      room(feed.name, array.ByteLength());
      feed.data = static_cast<const unsigned char*>(array.ArrayBuffer().Data()) + array.ByteOffset();
    }
    feeds.push_back(feed);
  }
  std::vector<nn::Fetch> fetches;
  const auto out = info[5].As<Napi::Array>();
  for (std::uint32_t i = 0; i < out.Length(); i++) {
    const auto entry = out.Get(i).As<Napi::Array>();
    auto array = entry.Get(1u).As<Napi::Float32Array>();
    const std::string name = entry.Get(0u).ToString();
    room(name, array.ByteLength());
    fetches.push_back({name, array.Data()});
  }
  return Task::start(info, [=] { network->run(network->compile(programs, batch), count, feeds, fetches); });
}

/// release(network): Promise<void>. Gives memory back now; a run in flight keeps its own hold.
Napi::Value release(const Napi::CallbackInfo& info) {
  auto network = std::make_shared<std::shared_ptr<nn::Network>>(networkOf(info[0]));
  info[0].As<Napi::External<Held>>().Data()->network.reset();
  return Task::start(info, [network] { network->reset(); });
}

/// memory(network): bytes
Napi::Value memory(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(networkOf(info[0])->memory()));
}

Napi::Object exportAll(Napi::Env env, Napi::Object exports) {
  exports.Set("load", Napi::Function::New(env, load));
  exports.Set("run", Napi::Function::New(env, run));
  exports.Set("release", Napi::Function::New(env, release));
  exports.Set("memory", Napi::Function::New(env, memory));
  exports.Set("addonInfo", Napi::Function::New(env, binding::addonInfo));
  return exports;
}

}  // namespace

NODE_API_MODULE(gimbal_nn, exportAll)
