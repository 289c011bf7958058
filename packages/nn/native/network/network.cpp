#include "network.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

#include "../convert/convert.hpp"
#include "run.hpp"
#include "sequence.hpp"

namespace gimbal::nn {
namespace {

constexpr int mostItems = 4096;

Type storedAs(Precision precision) {
  return precision == Precision::f16 ? Type::f16 : precision == Precision::bf16 ? Type::bf16 : Type::f32;
}

TensorInfo infoOf(const std::string& name, const Json& entry) {
  TensorInfo info{name, entry.at("kind").text(), entry.wholes("shape"), 1};
  static const char* const kinds[] = {"input", "index", "state", "output", "cache"};
  if (std::find(std::begin(kinds), std::end(kinds), info.kind) == std::end(kinds)) {
    throw std::invalid_argument("tensor \"" + name + "\" is of kind \"" + info.kind + "\"; known are input, index, state, output and cache");
  }
  for (const int size : info.shape) {
    if (size < 1 || size > 65536) throw std::invalid_argument("tensor \"" + name + "\" has a size of " + std::to_string(size));
    info.numbers *= static_cast<std::size_t>(size);
  }
  if (info.numbers > (std::size_t{1} << 30)) throw std::invalid_argument("tensor \"" + name + "\" is too large");
  return info;
}

}  // namespace

struct Network::State {
  Loaded loaded;
  std::mutex mutex;
  std::vector<Sequence> sequences;
  std::map<std::pair<std::vector<std::string>, int>, int> known;
  std::unique_ptr<Runner> runner;
};

Network::Network(const std::string& plan, const unsigned char* weights, std::size_t bytes, const NetworkOptions& options)
    : state_(std::make_unique<State>()) {
  Loaded& loaded = state_->loaded;
  loaded.plan = Json::parse(plan);
  const std::string format = loaded.plan.text("format", "none");
  if (format != "gimbal-nn 1") throw std::invalid_argument("the plan's format is \"" + format + "\"; \"gimbal-nn 1\" is known: export it anew");
  loaded.weights = readSafetensors(weights, bytes);
  loaded.options = options;
  if (options.slots < 1 || options.slots > 65536) throw std::invalid_argument("a network has from 1 to 65536 slots");
  if (options.device < 0 && options.precision != Precision::f32) throw std::invalid_argument("the CPU computes in float32 alone");
  state_->runner = makeRunner(options);
  const auto here = state_->runner->enter();
  loaded.memory = Memory(options.device >= 0);
  loaded.stored = storedAs(options.precision);
  loaded.tensorCores = options.device >= 0 && options.precision != Precision::f32;
  for (const auto& [name, entry] : loaded.plan.at("tensors").entries()) loaded.tensors.push_back(infoOf(name, entry));
  for (const TensorInfo& info : loaded.tensors) {
    if (info.kind != "cache") continue;
    if (info.shape.size() != 3) throw std::invalid_argument("cache \"" + info.name + "\" must have rows, columns and channels");
    View view;
    view.shape = {1, info.shape[0], info.shape[1], info.shape[2]};
    view.type = loaded.stored;
    view.data = loaded.memory.allocate(view.shape.size() * bytesOf(view.type) * options.slots, "a network's caches");
    loaded.caches[info.name] = view;
  }
}

Network::~Network() {
  try {
    const auto here = state_->runner ? state_->runner->enter() : nullptr;
    state_->sequences.clear();
    state_->loaded = Loaded();
    state_->runner.reset();
  } catch (...) {  // a device that is gone has given its memory back
  }
}

const std::vector<TensorInfo>& Network::tensors() const { return state_->loaded.tensors; }

std::vector<std::string> Network::programs() const {
  std::vector<std::string> names;
  for (const auto& [name, ops] : state_->loaded.plan.at("programs").entries()) names.push_back(name);
  return names;
}

int Network::compile(const std::vector<std::string>& programs, int batch) {
  const std::lock_guard lock(state_->mutex);
  if (batch < 1 || batch > mostItems) throw std::invalid_argument("a batch has from 1 to " + std::to_string(mostItems) + " items");
  const auto found = state_->known.find({programs, batch});
  if (found != state_->known.end()) return found->second;
  const auto here = state_->runner->enter();
  state_->sequences.push_back(compileSequence(state_->loaded, programs, batch));
  const int id = static_cast<int>(state_->sequences.size()) - 1;
  state_->known[{programs, batch}] = id;
  return id;
}

void Network::run(int sequence, int count, const std::vector<Feed>& feeds, const std::vector<Fetch>& fetches) {
  const std::lock_guard lock(state_->mutex);
  const auto here = state_->runner->enter();
  Sequence& one = state_->sequences.at(sequence);
  if (count < 1 || count > one.batch) throw std::invalid_argument("a run of this sequence has from 1 to " + std::to_string(one.batch) + " items");
  for (const Feed& feed : feeds) {
    const Port& port = portOf(one, feed.name);
    if (port.info->kind != "index" || feed.onDevice) continue;
    for (int n = 0; n < count; n++) {
      const int slot = static_cast<const int*>(feed.data)[n];
      if (slot >= 0 && slot < state_->loaded.options.slots) continue;
      throw std::invalid_argument("index \"" + feed.name + "\" must be below the " + std::to_string(state_->loaded.options.slots) + " slots, received " + std::to_string(slot));
    }
  }
  state_->runner->run(one, sequence, count, feeds, fetches);
}

void Network::launch(int sequence, CudaStream stream) {
  const std::lock_guard lock(state_->mutex);
  const auto here = state_->runner->enter();
  state_->runner->launch(state_->sequences.at(sequence), sequence, stream);
}

std::vector<float> Network::tensor(int sequence, const std::string& name) {
  const std::lock_guard lock(state_->mutex);
  const auto here = state_->runner->enter();
  const Sequence& one = state_->sequences.at(sequence);
  const auto found = one.kept.find(name);
  if (found == one.kept.end()) throw std::invalid_argument("no tensor \"" + name + "\" was kept");
  Convert job;
  job.x = found->second;
  job.y.shape = job.x.shape;
  job.y.shape.pad = 1;
  job.items = one.batch;
  std::vector<float> out(job.y.shape.size() * one.batch);
  state_->runner->download(job, out);
  return out;
}

std::size_t Network::memory() const { return state_->loaded.memory.bytes(); }

std::size_t Network::kernels(int sequence) const { return state_->sequences.at(sequence).steps.size(); }

}  // namespace gimbal::nn
