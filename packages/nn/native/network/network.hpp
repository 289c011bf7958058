#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <device/cuda-stream.hpp>

namespace gimbal::nn {

/// Float32 multiplies and adds in float32, to compare with; the others multiply on tensor cores and add in float32. Features are stored
/// as they are multiplied (tf32: as float32); coordinates, small systems and normalisation are float32 throughout.
enum class Precision { f32, tf32, f16, bf16 };

struct NetworkOptions {
  int device = -1;  // a CUDA ordinal; -1 is the CPU, which knows f32 alone
  Precision precision = Precision::f32;
  int slots = 1;           // items that tensors of kind "cache" hold
  int threads = 1;         // on the CPU
  bool graphs = true;      // whether launches are recorded once and replayed
  bool keepTensors = false;  // whether every tensor keeps memory of its own, so that `tensor` can read it: for tests
};

/// One input of a run: `count` items, densely packed; float32, or int32 for an index.
struct Feed {
  std::string name;
  const void* data = nullptr;
  bool onDevice = false;
  CudaStream ready = nullptr;  // on a device: the stream on which the data is ready
};

/// One output wanted of a run: `count` items of float32, densely packed, in host memory.
struct Fetch {
  std::string name;
  float* data = nullptr;
};

/// What a run takes or gives.
struct TensorInfo {
  std::string name;
  std::string kind;  // input, index, state, output or cache
  std::vector<int> shape;
  std::size_t numbers = 1;  // of an item
};

/// A network that was loaded from a plan and its weights. Programs of the plan are compiled for a batch size when they are first asked for:
/// memory for all tensors is laid out then, once, and a run allocates nothing. Calls may come from any thread, one after another.
class Network {
 public:
  /// @throws std::invalid_argument naming the tensor or operation that is wrong; CudaError.
  Network(const std::string& plan, const unsigned char* weights, std::size_t bytes, const NetworkOptions& options);
  ~Network();

  const std::vector<TensorInfo>& tensors() const;
  std::vector<std::string> programs() const;

  /// Compiles programs, to be run one after another, for up to `batch` items; known ones are found again. @throws as the constructor.
  int compile(const std::vector<std::string>& programs, int batch);
  /// Runs `count` items. Inputs that are not fed keep what they had. Returns when the outputs are there.
  void run(int sequence, int count, const std::vector<Feed>& feeds, const std::vector<Fetch>& fetches);
  /// Puts the kernels of a sequence on a stream, with the inputs of the last run; for timing. CUDA only.
  void launch(int sequence, CudaStream stream);
  /// Tensor of the last run of a sequence, densely packed, with what was pending on it. Needs `keepTensors`.
  std::vector<float> tensor(int sequence, const std::string& name);
  /// Bytes that weights, caches and tensors take.
  std::size_t memory() const;
  /// Kernels of a sequence.
  std::size_t kernels(int sequence) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gimbal::nn
