#pragma once
#include "arena.hpp"
#include "sequence.hpp"

namespace gimbal::nn {

/// What is known of a tensor while a sequence is compiled.
struct Value {
  View view;
  int block = -1;        // in the arena; -1: it lies elsewhere
  int affineBlock = -1;  // scale and shift that are pending on it
};

/// Walks the operations of a sequence, finds the memory of their tensors, and makes a launch of each.
class Builder {
 public:
  Builder(Loaded& loaded, Sequence& out, int batch) : loaded_(loaded), out_(out), arena_(!loaded.options.keepTensors), batch_(batch) {}

  /// Twice: the first walk lays memory out.
  void walk(const std::vector<std::string>& programs);
  Arena& arena() { return arena_; }

 private:
  void operation(const Json& op);
  /// Where a tensor that was just written is an output, it is stored there densely, as float32.
  void giveOutput(const std::string& name);
  void conv(const Json& op);
  void deconv(const Json& op);
  void add(const Json& op);
  void shuffle(const Json& op);
  void pool(const Json& op);
  void gate(const Json& op);
  void warp(const Json& op);
  void correlate(const Json& op);
  void attention(const Json& op);
  void corners(const Json& op);
  void solve(const Json& op);

  /// A tensor by its name, "features[slot]" or plain; an input of more channels than the plain kernels like is stored anew.
  View read(const std::string& name);
  View read(const Json& op, const char* key) { return read(op.at(key).text()); }
  /// A new tensor; what it is to be called "f8[slot]" goes to the cache.
  View write(const std::string& name, const Shape& shape, Type type);
  /// Leaves a scale and shift, and an activation, pending on a tensor that was just written.
  void leavePending(const std::string& name, float* affine, int block, float slope);
  /// Whether what is pending may stay so: not on tensors that others read.
  bool staysHere(const std::string& name) const;
  /// Memory that only the present operation needs, or, with a name, a raw array that later ones read.
  void* scratch(std::size_t bytes, const std::string& name = "");
  void* raw(const std::string& name);
  /// Zeros that an operation leaves as zeros.
  unsigned* arrivals();
  Active active(const Json& op);
  Active counted() const;

  const Weights& weights(const std::string& name);
  const float* vector(const std::string& name, int padded);
  const float* vector(const Json& op, const char* key, int padded) { return op.has(key) ? vector(op.at(key).text(), padded) : nullptr; }

  template <class Job>
  void step(const Job& job, void (*onCpu)(const Job&), void (*onDevice)(const Job&, CudaStream)) {
    if (loaded_.memory.onDevice()) {
      out_.steps.push_back([job, onDevice](CudaStream stream) { onDevice(job, stream); });
    } else {
      out_.steps.push_back([job, onCpu](CudaStream) { onCpu(job); });
    }
  }
  template <class Job>
  void step(const Job& job, void (*onCpu)(const Job&, int), void (*onDevice)(const Job&, CudaStream)) {
    if (loaded_.memory.onDevice()) {
      out_.steps.push_back([job, onDevice](CudaStream stream) { onDevice(job, stream); });
    } else {
      out_.steps.push_back([job, onCpu, threads = loaded_.options.threads](CudaStream) { onCpu(job, threads); });
    }
  }

  Loaded& loaded_;
  Sequence& out_;
  Arena arena_;
  int batch_;
  int now_ = 0;
  int records_ = 0;  // refinement steps so far
  int zeros_ = 0;
  std::map<std::string, Value> values_;
  std::map<std::string, int> raws_;
};

}  // namespace gimbal::nn
