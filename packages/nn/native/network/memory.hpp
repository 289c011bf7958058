#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#if defined(GIMBAL_HAS_CUDA)
#include <device/buffer.hpp>
#include <device/cuda-check.hpp>
#endif

namespace gimbal::nn {

/// Memory where a network runs, kept for as long as the network.
class Memory {
 public:
  explicit Memory(bool onDevice) : onDevice_(onDevice) {}

  /// Zeros. @throws CudaError `outOfMemory` with the sizes.
  void* allocate(std::size_t bytes, const char* purpose) {
    bytes_ += bytes;
    if (bytes == 0) return nullptr;
#if defined(GIMBAL_HAS_CUDA)
    if (onDevice_) {
      device_.emplace_back(bytes, purpose);
      cudaCheck(cudaMemset(device_.back().data(), 0, bytes), purpose);
      return device_.back().data();
    }
#else
    static_cast<void>(purpose);
#endif
    // 64 bytes, as the widest registers want it.
    host_.push_back(std::make_unique<std::uint8_t[]>(bytes + 64));
    std::memset(host_.back().get(), 0, bytes + 64);
    return reinterpret_cast<void*>((reinterpret_cast<std::uintptr_t>(host_.back().get()) + 63) / 64 * 64);
  }

  /// A copy of host memory; one key has one copy.
  template <class T>
  const T* upload(const std::string& key, const std::vector<T>& values) {
    auto [found, added] = known_.emplace(key, nullptr);
    if (added) {
      const std::size_t bytes = values.size() * sizeof(T);
      found->second = allocate(bytes, "the weights of a network");
      write(found->second, values.data(), bytes);
    }
    return static_cast<const T*>(found->second);
  }
  bool has(const std::string& key) const { return known_.count(key) > 0; }
  template <class T>
  const T* known(const std::string& key) const {
    return static_cast<const T*>(known_.at(key));
  }

  void write(void* to, const void* from, std::size_t bytes) {
    if (bytes == 0) return;
#if defined(GIMBAL_HAS_CUDA)
    if (onDevice_) {
      cudaCheck(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "uploading to a network");
      cudaCheck(cudaDeviceSynchronize(), "uploading to a network");
      return;
    }
#endif
    std::memcpy(to, from, bytes);
  }

  bool onDevice() const { return onDevice_; }
  std::size_t bytes() const { return bytes_; }

 private:
  bool onDevice_;
  std::size_t bytes_ = 0;
  std::vector<std::unique_ptr<std::uint8_t[]>> host_;
#if defined(GIMBAL_HAS_CUDA)
  std::vector<DeviceBuffer> device_;
#endif
  std::map<std::string, void*> known_;
};

}  // namespace gimbal::nn
