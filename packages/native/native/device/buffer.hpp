#pragma once
#include <cstddef>

namespace gimbal {

/// Memory of the device that is current when it is made. `purpose` names it in errors. Zero bytes are no allocation.
class DeviceBuffer {
 public:
  DeviceBuffer() = default;
  /// @throws CudaError `outOfMemory`, telling how much was wanted, how much is free and what to do.
  DeviceBuffer(std::size_t bytes, const char* purpose);
  DeviceBuffer(DeviceBuffer&& other) noexcept;
  DeviceBuffer& operator=(DeviceBuffer&& other) noexcept;
  ~DeviceBuffer();

  void* data() const { return data_; }
  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }
  std::size_t bytes() const { return bytes_; }
  /// Makes room for at least `bytes`; what was there is gone if it must grow. Work in flight on it must be done.
  void reserve(std::size_t bytes, const char* purpose);

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// Host memory that copies to and from a device run on beside the caller (page-locked).
class PinnedBuffer {
 public:
  PinnedBuffer() = default;
  /// @throws CudaError `outOfMemory`.
  PinnedBuffer(std::size_t bytes, const char* purpose);
  PinnedBuffer(PinnedBuffer&& other) noexcept;
  PinnedBuffer& operator=(PinnedBuffer&& other) noexcept;
  ~PinnedBuffer();

  void* data() const { return data_; }
  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }
  std::size_t bytes() const { return bytes_; }
  void reserve(std::size_t bytes, const char* purpose);

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace gimbal
