#pragma once
#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "../device/buffer.hpp"
#include "../device/devices.hpp"
#include "../device/stream.hpp"
#include "device-copy.hpp"
#include "random.hpp"
#include "timing.hpp"

namespace gimbal {

/// Noise in device memory: zeros may run faster than pictures do.
inline void fillWithNoise(const DeviceBuffer& buffer, std::uint64_t seed) {
  std::vector<std::uint64_t> words((buffer.bytes() + 7) / 8);
  Random random(seed);
  for (std::uint64_t& word : words) word = random.bits();
  cudaCheck(cudaMemcpy(buffer.data(), words.data(), buffer.bytes(), cudaMemcpyHostToDevice), "uploading noise");
}

/// Time of one of `launches` calls `work(i, stream)`, replayed as one CUDA graph, so that launches do not wait for the host. The
/// median of 25 replays after 3; i counts the calls: rotate over more data than the cache holds.
template <class Work>
Timing deviceTime(int launches, const Work& work) {
  Stream stream;
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t replay = nullptr;
  cudaCheck(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capturing a bench");
  for (int i = 0; i < launches; i++) work(i, stream.get());
  cudaCheck(cudaStreamEndCapture(stream, &graph), "capturing a bench");
  cudaCheck(cudaGraphInstantiate(&replay, graph, 0), "preparing a bench");
  std::vector<double> times;
  for (int run = 0; run < 28; run++) {
    Event start(true);
    Event stop(true);
    start.record(stream);
    cudaCheck(cudaGraphLaunch(replay, stream), "running a bench");
    stop.record(stream);
    stop.wait();
    if (run >= 3) times.push_back(static_cast<double>(stop.since(start)) * 1000 / launches);
  }
  cudaCheck(cudaGraphExecDestroy(replay), "ending a bench");
  cudaCheck(cudaGraphDestroy(graph), "ending a bench");
  return timingOf(std::move(times));
}

/// Prints one JSON line per case: time, bytes that must move, and what share that is of the device's own copy, the
/// faster of a kernel's and cudaMemcpyAsync's over 1 GiB.
class DeviceBench {
 public:
  DeviceBench() : device_(cudaReport().devices.at(0).name) {
    constexpr std::size_t bytes = std::size_t{1} << 30;
    const DeviceBuffer from(bytes, "a copy bench");
    const DeviceBuffer to(bytes, "a copy bench");
    cudaCheck(cudaMemset(from.data(), 0x5a, bytes), "preparing a copy bench");
    const Timing engine = deviceTime(4, [&](int, CudaStream stream) {
      cudaCheck(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, stream), "copying");
    });
    const Timing kernel = deviceTime(4, [&](int, CudaStream stream) { deviceCopy(to.data(), from.data(), bytes, stream); });
    const auto rate = [&](const Timing& time) { return 2.0 * bytes / time.median / 1e3; };  // every byte is read and written
    copy_ = std::max(rate(engine), rate(kernel));
    std::printf("{\"operation\":\"copy\",\"device\":\"%s\",\"gigabytesPerSecond\":%.0f,\"byKernel\":%.0f,\"byMemcpy\":%.0f}\n",
                device_.c_str(), copy_, rate(kernel), rate(engine));
  }

  void report(const std::string& operation, const std::string& name, const Timing& time, double bytes) const {
    const double rate = bytes / time.median / 1e3;
    std::printf(
        "{\"operation\":\"%s\",\"case\":\"%s\",\"device\":\"%s\",\"microseconds\":%.2f,\"low\":%.2f,\"high\":%.2f,\"megabytes\":%.2f,"
        "\"gigabytesPerSecond\":%.0f,\"shareOfCopy\":%.3f}\n",
        operation.c_str(), name.c_str(), device_.c_str(), time.median, time.low, time.high, bytes / 1e6, rate, rate / copy_);
  }

 private:
  std::string device_;
  double copy_ = 0;
};

/// Sets of data to rotate over: together several times a large cache, as far as `most` goes.
inline int rotation(double bytes, int most = 48) { return std::clamp(static_cast<int>(256e6 / bytes), 3, most); }

}  // namespace gimbal
