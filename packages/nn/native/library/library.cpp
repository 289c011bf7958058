// The engine with a C interface, for programs that measure it beside another framework in one process.
#include <cstdio>
#include <cstring>
#include <string>

#include "../network/network.hpp"

#if defined(_WIN32)
#define GIMBAL_EXPORT extern "C" __declspec(dllexport)
#else
#define GIMBAL_EXPORT extern "C" __attribute__((visibility("default")))
#endif

using namespace gimbal::nn;

namespace {

thread_local std::string fault;

template <class Work>
int guarded(const Work& work) {
  try {
    work();
    return 0;
  } catch (const std::exception& error) {
    fault = error.what();
    return 1;
  }
}

std::vector<std::string> splitList(const char* list) {
  std::vector<std::string> names;
  std::string name;
  for (const char* c = list;; c++) {
    if (*c != ' ' && *c != '\0') {
      name += *c;
      continue;
    }
    if (!name.empty()) names.push_back(name);
    name.clear();
    if (*c == '\0') return names;
  }
}

}  // namespace

GIMBAL_EXPORT const char* nn_fault() { return fault.c_str(); }

/// precision: 0 float32, 1 tf32, 2 fp16, 3 bf16. flags: 1 graphs, 2 keep all tensors.
GIMBAL_EXPORT void* nn_load(const char* plan, const unsigned char* weights, std::size_t bytes, int device, int precision, int slots, int flags) {
  Network* network = nullptr;
  NetworkOptions options;
  options.device = device;
  options.precision = static_cast<Precision>(precision);
  options.slots = slots;
  options.graphs = flags & 1;
  options.keepTensors = flags & 2;
  guarded([&] { network = new Network(plan, weights, bytes, options); });
  return network;
}
GIMBAL_EXPORT void nn_free(void* network) { delete static_cast<Network*>(network); }

/// `programs` are separated by spaces. The number of the sequence, or -1.
GIMBAL_EXPORT int nn_compile(void* network, const char* programs, int batch) {
  int id = -1;
  guarded([&] { id = static_cast<Network*>(network)->compile(splitList(programs), batch); });
  return id;
}

/// `feeds` and `fetches` are names separated by spaces. 0, or 1 with nn_fault.
GIMBAL_EXPORT int nn_run(void* network, int sequence, int count, const char* feeds, const void* const* inputs, const char* fetches, float* const* outputs) {
  return guarded([&] {
    std::vector<Feed> in;
    std::vector<Fetch> out;
    for (const std::string& name : splitList(feeds)) in.push_back({name, inputs[in.size()], false, nullptr});
    for (const std::string& name : splitList(fetches)) out.push_back({name, outputs[out.size()]});
    static_cast<Network*>(network)->run(sequence, count, in, out);
  });
}
GIMBAL_EXPORT int nn_launch(void* network, int sequence, void* stream) {
  return guarded([&] { static_cast<Network*>(network)->launch(sequence, static_cast<gimbal::CudaStream>(stream)); });
}
/// The numbers of a tensor, or -1; copied where `out` is not null.
GIMBAL_EXPORT long nn_tensor(void* network, int sequence, const char* name, float* out) {
  long count = -1;
  guarded([&] {
    const std::vector<float> values = static_cast<Network*>(network)->tensor(sequence, name);
    count = static_cast<long>(values.size());
    if (out != nullptr) std::memcpy(out, values.data(), values.size() * sizeof(float));
  });
  return count;
}
GIMBAL_EXPORT std::size_t nn_memory(void* network) { return static_cast<Network*>(network)->memory(); }
GIMBAL_EXPORT std::size_t nn_kernels(void* network, int sequence) { return static_cast<Network*>(network)->kernels(sequence); }
