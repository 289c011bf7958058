#pragma once
#include "cuda-check.hpp"
#include "cuda-stream.hpp"

namespace gimbal {

/// Makes `device` current for this thread and puts the earlier one back. Kernels, streams and memory belong to the current device.
class OnDevice {
 public:
  explicit OnDevice(int device);
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  ~OnDevice();

 private:
  int earlier_ = 0;
  bool changed_ = false;
};

/// An event of the current device. Without timing unless asked: recording and waiting are cheaper then.
class Event {
 public:
  explicit Event(bool timing = false);
  Event(Event&& other) noexcept : event_(other.event_) { other.event_ = nullptr; }
  Event& operator=(Event&& other) noexcept;
  ~Event();

  void record(CudaStream stream);
  /// Blocks this thread (asleep, not spinning) until what was recorded is done.
  void wait() const;
  bool done() const;
  /// Milliseconds from `start` to this event; both with timing, both done.
  float since(const Event& start) const;
  cudaEvent_t get() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

/// A stream of the current device that does not wait for the legacy default stream.
class Stream {
 public:
  Stream();
  Stream(Stream&& other) noexcept : stream_(other.stream_) { other.stream_ = nullptr; }
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  CudaStream get() const { return stream_; }
  operator CudaStream() const { return stream_; }
  /// Later work of this stream starts after the event.
  void after(const Event& event);
  /// Blocks this thread until the stream is empty.
  void synchronize() const;

 private:
  CudaStream stream_ = nullptr;
};

/// Later work of `stream` starts after the event.
void streamAfter(CudaStream stream, const Event& event);

}  // namespace gimbal
