#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>

#include <device/buffer.hpp>
#include <device/cuda-check.hpp>
#include <device/devices.hpp>
#include <device/shared-context.hpp>
#include <device/stream.hpp>

#include "run.hpp"

namespace gimbal::nn {
namespace {

/// Recorded launches of a sequence.
class Graph {
 public:
  Graph() = default;
  Graph(const Graph&) = delete;
  ~Graph() {
    if (exec_ != nullptr) cudaGraphExecDestroy(exec_);
  }
  bool ready() const { return exec_ != nullptr; }

  template <class Launches>
  void record(CudaStream stream, const Launches& launches) {
    cudaGraph_t graph = nullptr;
    cudaCheck(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "recording a network");
    try {
      launches();
    } catch (...) {
      cudaStreamEndCapture(stream, &graph);
      if (graph != nullptr) cudaGraphDestroy(graph);
      throw;
    }
    cudaCheck(cudaStreamEndCapture(stream, &graph), "recording a network");
    const cudaError_t status = cudaGraphInstantiate(&exec_, graph, 0);
    cudaGraphDestroy(graph);
    cudaCheck(status, "preparing a network's graph");
  }
  void launch(CudaStream stream) const { cudaCheck(cudaGraphLaunch(exec_, stream), "running a network"); }

 private:
  cudaGraphExec_t exec_ = nullptr;
};

class DeviceRunner : public Runner {
 public:
  explicit DeviceRunner(const NetworkOptions& options) : options_(options) {
    requireCudaDevice(options.device);
    shareContext(options.device);
    const OnDevice here(options.device);
    int major = 0;
    cudaCheck(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, options.device), "asking for a device");
    if (major < 8 && (options.precision == Precision::bf16 || options.precision == Precision::tf32)) {
      throw CudaError(CudaError::Kind::unavailable, "loading a network", "",
                      "The tensor cores of cuda:" + std::to_string(options.device) + " (compute capability " + std::to_string(major) +
                          ".x) multiply fp16 alone, bf16 and tf32 need 8.0. Use the precision \"fp16\" or \"float32\".");
    }
    stream_ = std::make_unique<Stream>();
  }
  ~DeviceRunner() override {
    try {
      const OnDevice here(options_.device);
      graphs_.clear();
      staging_ = PinnedBuffer();
      stream_.reset();
    } catch (...) {
    }
  }

  std::shared_ptr<void> enter() override { return std::make_shared<OnDevice>(options_.device); }

  void run(Sequence& sequence, int id, int count, const std::vector<Feed>& feeds, const std::vector<Fetch>& fetches) override {
    std::size_t staged = 256;
    for (const Feed& feed : feeds) staged += feed.onDevice ? 0 : padded(portOf(sequence, feed.name).itemBytes * count);
    for (const Fetch& fetch : fetches) staged += padded(portOf(sequence, fetch.name).itemBytes * count);
    staging_.reserve(staged, "a network's inputs and outputs");
    const CudaStream stream = stream_->get();
    std::size_t at = 0;
    const auto send = [&](void* to, const void* from, std::size_t bytes) {
      std::memcpy(staging_.as<unsigned char>() + at, from, bytes);
      cudaCheck(cudaMemcpyAsync(to, staging_.as<unsigned char>() + at, bytes, cudaMemcpyHostToDevice, stream), "sending a network's inputs");
      at += padded(bytes);
    };
    send(sequence.count, &count, sizeof(int));
    for (const Feed& feed : feeds) {
      const Port& port = portOf(sequence, feed.name);
      const std::size_t bytes = port.itemBytes * count;
      if (!feed.onDevice) {
        send(port.data, feed.data, bytes);
        continue;
      }
      Event ready;
      ready.record(feed.ready);
      stream_->after(ready);
      cudaCheck(cudaMemcpyAsync(port.data, feed.data, bytes, cudaMemcpyDeviceToDevice, stream), "sending a network's inputs");
    }
    launch(sequence, id, stream);
    std::vector<std::size_t> places;
    for (const Fetch& fetch : fetches) {
      const Port& port = portOf(sequence, fetch.name);
      places.push_back(at);
      cudaCheck(cudaMemcpyAsync(staging_.as<unsigned char>() + at, port.data, port.itemBytes * count, cudaMemcpyDeviceToHost, stream),
                "bringing a network's outputs");
      at += padded(port.itemBytes * count);
    }
    done_.record(stream);
    done_.wait();
    for (std::size_t k = 0; k < fetches.size(); k++) {
      std::memcpy(fetches[k].data, staging_.as<unsigned char>() + places[k], portOf(sequence, fetches[k].name).itemBytes * count);
    }
  }

  /// The first time loads the kernels, which must not happen while a stream is recorded.
  void launch(Sequence& sequence, int id, CudaStream stream) override {
    Graph& graph = graphs_[id];
    if (options_.graphs && warm_[id]) {
      if (!graph.ready()) graph.record(stream, [&] { launchAll(sequence, stream); });
      return graph.launch(stream);
    }
    launchAll(sequence, stream);
    warm_[id] = true;
  }

  void download(Convert job, std::vector<float>& out) override {
    DeviceBuffer buffer(out.size() * sizeof(float), "reading a network's tensor");
    job.y.data = buffer.data();
    cuda::convert(job, stream_->get());
    stream_->synchronize();
    cudaCheck(cudaMemcpy(out.data(), buffer.data(), out.size() * sizeof(float), cudaMemcpyDeviceToHost), "reading a network's tensor");
  }

 private:
  static std::size_t padded(std::size_t bytes) { return (bytes + 255) / 256 * 256; }
  static void launchAll(Sequence& sequence, CudaStream stream) {
    for (const auto& step : sequence.steps) step(stream);
  }

  NetworkOptions options_;
  std::unique_ptr<Stream> stream_;
  Event done_;
  PinnedBuffer staging_;
  std::map<int, Graph> graphs_;
  std::map<int, bool> warm_;
};

}  // namespace

std::unique_ptr<Runner> makeDeviceRunner(const NetworkOptions& options) { return std::make_unique<DeviceRunner>(options); }

}  // namespace gimbal::nn
