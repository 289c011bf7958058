#include "stream.hpp"

#include <string>
#include <utility>

namespace gimbal {

OnDevice::OnDevice(int device) {
  cudaCheck(cudaGetDevice(&earlier_), "asking for the current device");
  if (earlier_ == device) return;
  cudaCheck(cudaSetDevice(device), "choosing a device", [device] { return "cuda:" + std::to_string(device); });
  changed_ = true;
}

// Destructors cannot throw; a device that is lost reports itself at the next checked call.
OnDevice::~OnDevice() {
  if (changed_) static_cast<void>(cudaSetDevice(earlier_));
}

Event::Event(bool timing) {
  const unsigned flags = cudaEventBlockingSync | (timing ? 0u : cudaEventDisableTiming);
  cudaCheck(cudaEventCreateWithFlags(&event_, flags), "making an event");
}

Event& Event::operator=(Event&& other) noexcept {
  std::swap(event_, other.event_);
  return *this;
}

Event::~Event() {
  if (event_ != nullptr) static_cast<void>(cudaEventDestroy(event_));
}

void Event::record(CudaStream stream) { cudaCheck(cudaEventRecord(event_, stream), "recording an event"); }

void Event::wait() const { cudaCheck(cudaEventSynchronize(event_), "waiting for the device"); }

bool Event::done() const {
  const cudaError_t status = cudaEventQuery(event_);
  if (status == cudaErrorNotReady) {
    cudaGetLastError();
    return false;
  }
  cudaCheck(status, "asking whether the device is done");
  return true;
}

float Event::since(const Event& start) const {
  float milliseconds = 0;
  cudaCheck(cudaEventElapsedTime(&milliseconds, start.event_, event_), "measuring the time between events");
  return milliseconds;
}

Stream::Stream() { cudaCheck(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream"); }

Stream& Stream::operator=(Stream&& other) noexcept {
  std::swap(stream_, other.stream_);
  return *this;
}

Stream::~Stream() {
  if (stream_ != nullptr) static_cast<void>(cudaStreamDestroy(stream_));
}

void Stream::after(const Event& event) { streamAfter(stream_, event); }

void Stream::synchronize() const { cudaCheck(cudaStreamSynchronize(stream_), "waiting for a stream"); }

void streamAfter(CudaStream stream, const Event& event) {
  cudaCheck(cudaStreamWaitEvent(stream, event.get(), 0), "making a stream wait for an event");
}

}  // namespace gimbal
