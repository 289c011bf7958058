#pragma once
#include <vector>

#include "../device/buffer.hpp"
#include "../device/cuda-check.hpp"
#include "canary-plane.hpp"

namespace gimbal {

/// Bytes on the current device, in an allocation of exactly their size, so that a memory checker sees every step outside.
class DeviceBytes {
 public:
  DeviceBytes(const void* from, std::size_t count) : buffer_(count, "a test") {
    cudaCheck(cudaMemcpy(buffer_.data(), from, count, cudaMemcpyHostToDevice), "uploading a test's bytes");
    // From pageable memory cudaMemcpy returns once the bytes are staged, and streams of ours do not wait for the default one: work
    // launched now could run before its data arrives, or have its results overwritten by it.
    cudaCheck(cudaDeviceSynchronize(), "waiting for a test's bytes");
  }
  /// Waits for all work of the device.
  void download(void* to) const {
    cudaCheck(cudaDeviceSynchronize(), "waiting for the device");
    cudaCheck(cudaMemcpy(to, buffer_.data(), buffer_.bytes(), cudaMemcpyDeviceToHost), "downloading a test's bytes");
  }
  unsigned char* data() const { return buffer_.as<unsigned char>(); }

 private:
  DeviceBuffer buffer_;
};

/// A guarded plane's twin on the device: the same rows, padding and guards.
template <class T>
class CanaryPlaneOnDevice {
 public:
  explicit CanaryPlaneOnDevice(const CanaryPlane<T>& host) : bytes_(host.bytes.data(), host.bytes.size()), plane_(host.plane) {
    plane_.data = reinterpret_cast<T*>(bytes_.data() + CanaryPlane<T>::margin);
  }
  Plane<T> plane() const { return plane_; }
  /// Brings everything back into the guarded plane it was made from.
  void download(CanaryPlane<T>& host) const { bytes_.download(host.bytes.data()); }

 private:
  DeviceBytes bytes_;
  Plane<T> plane_;
};

}  // namespace gimbal
