#include <chrono>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "../device/devices.hpp"
#include "device-time.hpp"
#include "transfers.hpp"

namespace gimbal {
namespace {

constexpr int warmUps = 5;
constexpr int runs = 25;
constexpr int launches = 200;

__global__ void nothing() {}

void launchNothing(CudaStream stream) {
  nothing<<<1, 1, 0, stream>>>();
  cudaCheckLaunch("launching a kernel");
}

double now() { return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// The middle of `runs` answers of `work()`, in microseconds, after a few that are thrown away.
template <class Work>
Timing repeated(const Work& work) {
  std::vector<double> times;
  for (int run = 0; run < warmUps + runs; run++) {
    const double time = work();
    if (run >= warmUps) times.push_back(time);
  }
  return timingOf(std::move(times));
}

/// Microseconds on the device between two events around `work(stream)`.
template <class Work>
double byEvents(const Stream& stream, Event& start, Event& stop, const Work& work) {
  start.record(stream);
  work();
  stop.record(stream);
  stop.wait();
  return static_cast<double>(stop.since(start)) * 1000;
}

}  // namespace

Timing copyTime(int device, const CopyRequest& request) {
  const auto [bytes, toDevice, pinned] = request;
  if (bytes < 1 || bytes > std::size_t{1} << 30) throw std::invalid_argument("a copy to be measured has 1 byte to 1 GiB");
  requireCudaDevice(device);
  const OnDevice here(device);
  Stream stream;
  Event start(true);
  Event stop(true);
  const DeviceBuffer there(bytes, "a copy to be measured");
  const PinnedBuffer locked(pinned ? bytes : 0, "a copy to be measured");
  const std::unique_ptr<unsigned char[]> pageable(pinned ? nullptr : new unsigned char[bytes]);
  void* const home = pinned ? locked.data() : pageable.get();
  std::memset(home, 0x5a, bytes);  // so that every page is there
  cudaCheck(cudaMemset(there.data(), 0x3c, bytes), "preparing a copy to be measured");
  cudaCheck(cudaDeviceSynchronize(), "preparing a copy to be measured");
  return repeated([&] {
    return byEvents(stream, start, stop, [&] {
      cudaCheck(cudaMemcpyAsync(toDevice ? there.data() : home, toDevice ? home : there.data(), bytes,
                                toDevice ? cudaMemcpyHostToDevice : cudaMemcpyDeviceToHost, stream.get()),
                "a copy to be measured");
    });
  });
}

LaunchTimes launchTimes(int device) {
  requireCudaDevice(device);
  const OnDevice here(device);
  Stream stream;
  Event start(true);
  Event stop(true);
  Event done;
  LaunchTimes times{};
  times.issue = repeated([&] {
    const double began = now();
    for (int i = 0; i < launches; i++) launchNothing(stream);
    const double each = (now() - began) / launches;
    stream.synchronize();  // so that the queue is never full
    return each;
  });
  times.roundTrip = repeated([&] {
    const double began = now();
    launchNothing(stream);
    done.record(stream);
    done.wait();
    return now() - began;
  });
  times.backToBack = repeated([&] {
    return byEvents(stream, start, stop,
                    [&] {
                      for (int i = 0; i < launches; i++) launchNothing(stream);
                    }) /
           launches;
  });
  times.inGraph = deviceTime(launches, [](int, CudaStream on) { launchNothing(on); });
  return times;
}

}  // namespace gimbal
