#include "run.hpp"

#include <cstring>
#include <stdexcept>

#include <device/cuda-error.hpp>

namespace gimbal::nn {

const Port& portOf(const Sequence& sequence, const std::string& name) {
  const auto found = sequence.ports.find(name);
  if (found == sequence.ports.end()) throw std::invalid_argument("the network has no input or output \"" + name + "\"");
  return found->second;
}

#if defined(GIMBAL_HAS_CUDA)
std::unique_ptr<Runner> makeDeviceRunner(const NetworkOptions& options);
#endif

namespace {

class HostRunner : public Runner {
 public:
  std::shared_ptr<void> enter() override { return nullptr; }

  void run(Sequence& sequence, int, int count, const std::vector<Feed>& feeds, const std::vector<Fetch>& fetches) override {
    *sequence.count = count;
    for (const Feed& feed : feeds) {
      if (feed.onDevice) throw std::invalid_argument("a network on the CPU reads host memory, \"" + feed.name + "\" lies on a device");
      const Port& port = portOf(sequence, feed.name);
      std::memcpy(port.data, feed.data, port.itemBytes * count);
    }
    for (const auto& step : sequence.steps) step(nullptr);
    for (const Fetch& fetch : fetches) {
      const Port& port = portOf(sequence, fetch.name);
      std::memcpy(fetch.data, port.data, port.itemBytes * count);
    }
  }
  void launch(Sequence&, int, CudaStream) override { throw std::invalid_argument("a network on the CPU has no stream"); }
  void download(Convert job, std::vector<float>& out) override {
    job.y.data = out.data();
    convert(job);
  }
};

}  // namespace

std::unique_ptr<Runner> makeRunner(const NetworkOptions& options) {
  if (options.device < 0) return std::make_unique<HostRunner>();
#if defined(GIMBAL_HAS_CUDA)
  return makeDeviceRunner(options);
#else
  throw CudaError(CudaError::Kind::unavailable, "loading a network", "", "This build of the engine has no CUDA part. Use the device \"cpu\".");
#endif
}

}  // namespace gimbal::nn
