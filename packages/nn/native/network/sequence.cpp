#include "sequence.hpp"

#include <stdexcept>

#include "../convert/convert.hpp"
#include "builder.hpp"

namespace gimbal::nn {

const TensorInfo& Loaded::info(const std::string& name) const {
  for (const TensorInfo& one : tensors) {
    if (one.name == name) return one;
  }
  throw std::invalid_argument("the network has no tensor \"" + name + "\"");
}

Sequence compileSequence(Loaded& loaded, const std::vector<std::string>& programs, int batch) {
  Sequence out;
  out.batch = batch;
  out.count = static_cast<int*>(loaded.memory.allocate(sizeof(int), "the count of a run"));
  for (const TensorInfo& info : loaded.tensors) {
    if (info.kind == "cache") continue;
    const std::size_t bytes = info.numbers * 4;
    auto* data = static_cast<unsigned char*>(loaded.memory.allocate(bytes * batch, "a network's inputs and outputs"));
    out.ports[info.name] = {&info, data, bytes};
  }
  Builder builder(loaded, out, batch);
  builder.walk(programs);
  builder.arena().begin(static_cast<unsigned char*>(loaded.memory.allocate(builder.arena().layOut(), "a network's tensors")));
  builder.walk(programs);
  return out;
}

}  // namespace gimbal::nn
