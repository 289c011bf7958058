#include "buffer.hpp"

#include <string>
#include <utility>

#include "cuda-check.hpp"
#include "devices.hpp"

namespace gimbal {

DeviceBuffer::DeviceBuffer(std::size_t bytes, const char* purpose) {
  if (bytes == 0) return;
  cudaCheck(cudaMalloc(&data_, bytes), "allocating device memory",
            [&] { return megabytes(bytes) + " for " + purpose + "; " + currentDeviceRoom(); });
  bytes_ = bytes;
}

DeviceBuffer::DeviceBuffer(DeviceBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

DeviceBuffer& DeviceBuffer::operator=(DeviceBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

DeviceBuffer::~DeviceBuffer() {
  if (data_ != nullptr) static_cast<void>(cudaFree(data_));
}

void DeviceBuffer::reserve(std::size_t bytes, const char* purpose) {
  if (bytes <= bytes_) return;
  *this = DeviceBuffer();  // first give back, so that both need not fit
  *this = DeviceBuffer(bytes, purpose);
}

PinnedBuffer::PinnedBuffer(std::size_t bytes, const char* purpose) {
  if (bytes == 0) return;
  // Portable: usable with every device of the process.
  cudaCheck(cudaHostAlloc(&data_, bytes, cudaHostAllocPortable), "allocating page-locked host memory",
            [&] { return megabytes(bytes) + " of this machine's memory for " + purpose; });
  bytes_ = bytes;
}

PinnedBuffer::PinnedBuffer(PinnedBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

PinnedBuffer& PinnedBuffer::operator=(PinnedBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

PinnedBuffer::~PinnedBuffer() {
  if (data_ != nullptr) static_cast<void>(cudaFreeHost(data_));
}

void PinnedBuffer::reserve(std::size_t bytes, const char* purpose) {
  if (bytes <= bytes_) return;
  *this = PinnedBuffer();
  *this = PinnedBuffer(bytes, purpose);
}

}  // namespace gimbal
