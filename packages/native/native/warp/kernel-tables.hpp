// The kernel weights on the device.
#pragma once
#include <cstdint>
#include <vector>

#include "../device/buffer.hpp"
#include "../device/cuda-check.hpp"
#include "kernels.hpp"

namespace gimbal::warping {

/// The weights of kernels.hpp as the tiles want them: 1024 phases, negated and doubled (see weights.cuh), three pairs padded to
/// four words.
inline std::vector<std::uint32_t> tileTable(Interpolation interpolation) {
  const int pairs = 1 + static_cast<int>(interpolation);
  const int words = pairs == 2 ? 2 : 4;
  const std::int32_t* weights = kernelWeights(interpolation);
  std::vector<std::uint32_t> table(static_cast<std::size_t>(phaseCount) * words);
  for (int phase = 0; phase < phaseCount; phase++) {
    for (int k = 0; k < pairs; k++) {
      const std::int32_t pair = weights[phase * pairs + k];
      const std::int32_t first = -2 * static_cast<std::int16_t>(pair & 0xffff);
      const std::int32_t second = -2 * (pair >> 16);
      table[phase * words + k] = (static_cast<std::uint32_t>(first) & 0xffffu) | static_cast<std::uint32_t>(second) << 16;
    }
  }
  return table;
}

/// The tables of all kernels, by interpolation; bilinear needs none.
struct KernelTables {
  DeviceBuffer tile[3];  // tileTable
  DeviceBuffer cpu[3];   // kernelWeights

  KernelTables() {
    for (const Interpolation interpolation : {Interpolation::bicubic, Interpolation::lanczos3}) {
      const int k = static_cast<int>(interpolation);
      const std::vector<std::uint32_t> table = tileTable(interpolation);
      tile[k] = uploaded(table.data(), table.size() * 4);
      cpu[k] = uploaded(kernelWeights(interpolation), static_cast<std::size_t>(phaseCount + 1) * (k + 1) * 4);
    }
  }

 private:
  static DeviceBuffer uploaded(const void* data, std::size_t bytes) {
    DeviceBuffer buffer(bytes, "the kernel tables of the warp");
    cudaCheck(cudaMemcpy(buffer.data(), data, bytes, cudaMemcpyHostToDevice), "uploading the kernel tables of the warp");
    return buffer;
  }
};

}  // namespace gimbal::warping
