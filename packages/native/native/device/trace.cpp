#include "trace.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>

#include "devices.hpp"
#include "trace-marks.hpp"

namespace gimbal {
namespace {

/// A device's trace under way: an event and the host's time when it was done, from which the times of later events follow.
struct Running {
  Event base{true};
  double baseTime = 0;
  std::vector<DeviceSpan> spans;
};

std::atomic<int> running{0};
std::mutex mutex;
std::map<int, Running>& traces() {
  static auto* const all = new std::map<int,
                                        Running>;  // never destroyed: the driver may be gone by then
  return *all;
}

double now() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

int currentDevice() {
  int device = 0;
  cudaCheck(cudaGetDevice(&device), "asking for the current device");
  return device;
}

int nextLane() {
  static std::atomic<int> lanes{0};
  return lanes++;
}

}  // namespace

void startDeviceTrace(int device) {
  requireCudaDevice(device);
  const OnDevice here(device);
  Running fresh;
  Stream stream;
  // The first recording wakes the device; the second tells the time.
  for (int i = 0; i < 2; i++) {
    fresh.base.record(stream);
    stream.synchronize();
    fresh.baseTime = now();
  }
  const std::lock_guard lock(mutex);
  if (traces().erase(device) == 0) running++;
  traces().emplace(device, std::move(fresh));
}

std::vector<DeviceSpan> stopDeviceTrace(int device) {
  const std::lock_guard lock(mutex);
  const auto found = traces().find(device);
  if (found == traces().end()) return {};
  const OnDevice here(device);
  std::vector<DeviceSpan> spans = std::move(found->second.spans);
  traces().erase(found);
  running--;
  return spans;
}

TraceMarks::TraceMarks() : lane_(nextLane()) {}

Event& TraceMarks::next(CudaStream stream) {
  if (events_.size() <= names_.size()) events_.emplace_back(true);
  Event& event = events_[names_.size()];
  event.record(stream);
  return event;
}

void TraceMarks::begin(CudaStream stream) {
  names_.clear();
  active_ = running.load(std::memory_order_relaxed) > 0;
  if (!active_) return;
  next(stream);
  names_.push_back("");
}

void TraceMarks::mark(const char* name, CudaStream stream) {
  if (!active_) return;
  next(stream);
  names_.push_back(name);
}

void TraceMarks::note() {
  if (!active_) return;
  active_ = false;
  events_[names_.size() - 1].wait();  // done, or about to be
  const std::lock_guard lock(mutex);
  const auto found = traces().find(currentDevice());
  if (found == traces().end()) return;
  Running& trace = found->second;
  for (std::size_t i = 1; i < names_.size(); i++) {
    trace.spans.push_back(
        {names_[i], lane_, trace.baseTime + events_[i - 1].since(trace.base), trace.baseTime + events_[i].since(trace.base)});
  }
}

}  // namespace gimbal
