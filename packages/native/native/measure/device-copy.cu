#include "../device/cuda-check.hpp"
#include "device-copy.hpp"

namespace gimbal {
namespace {

constexpr int threads = 256;
constexpr int each = 4;  // words of 16 bytes that a thread has in flight

__global__ void copyWords(uint4* __restrict__ to, const uint4* __restrict__ from, std::size_t count) {
  const std::size_t first = static_cast<std::size_t>(blockIdx.x) * threads * each + threadIdx.x;
  uint4 word[each];
#pragma unroll
  for (int i = 0; i < each; i++) {
    if (first + i * threads < count) word[i] = from[first + i * threads];
  }
#pragma unroll
  for (int i = 0; i < each; i++) {
    if (first + i * threads < count) to[first + i * threads] = word[i];
  }
}

}  // namespace

void deviceCopy(void* to, const void* from, std::size_t bytes, CudaStream stream) {
  const std::size_t count = bytes / sizeof(uint4);
  const auto blocks = static_cast<unsigned>((count + threads * each - 1) / (threads * each));
  copyWords<<<blocks, threads, 0, stream>>>(static_cast<uint4*>(to), static_cast<const uint4*>(from), count);
  cudaCheckLaunch("copying");
}

}  // namespace gimbal
