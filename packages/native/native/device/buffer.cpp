#include "buffer.hpp"

#include <cstdio>
#include <string>
#include <utility>

#include "cudaCheck.hpp"

namespace gimbal {
namespace {

std::string megabytes(std::size_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

std::string deviceShortage(std::size_t bytes, const char* purpose) {
  std::string text = megabytes(bytes) + " for " + purpose;
  std::size_t free = 0;
  std::size_t total = 0;
  if (cudaMemGetInfo(&free, &total) == cudaSuccess) text += "; the device has " + megabytes(free) + " of " + megabytes(total) + " free";
  return text + ". Close other programs on the device or lower the memory budget (--gpu-budget).";
}

}  // namespace

DeviceBuffer::DeviceBuffer(std::size_t bytes, const char* purpose) {
  if (bytes == 0) return;
  cudaCheck(cudaMalloc(&data_, bytes), "allocating device memory", [&] { return deviceShortage(bytes, purpose); });
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
            [&] { return megabytes(bytes) + " for " + purpose; });
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
