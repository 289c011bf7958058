#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include "../device/cuda-stream.hpp"

namespace gimbal {

/// A frame to be copied into or out of a device's memory, plane by plane.
struct FrameCopy {
  struct Rows {
    const unsigned char* from;
    std::ptrdiff_t fromStride;
    unsigned char* to;
    std::ptrdiff_t toStride;
    std::size_t rowBytes;
    int rows;
  };
  std::vector<Rows> planes;
  bool fromDevice = false;
  bool toDevice = false;
  CudaStream ready = nullptr;  // of a source on the device: the stream on which it is ready
};

/// Copies frames between host memory and one CUDA device, and on the device. Any number of threads may call; each call has a stream of its
/// own, so that it runs beside other copies and beside what is computed. What a call needs is kept for the next one.
class FrameCopier {
 public:
  virtual ~FrameCopier() = default;
  /// Returns when the copy is complete; sleeps meanwhile. Rows in host memory go through page-locked memory of the copier's own. Writes
  /// nothing between rows. Allocates only when a frame is larger than any before, or more calls run at once.
  /// @throws std::invalid_argument for a frame that does not touch the device or has rows longer than their distance, CudaError.
  virtual void copy(const FrameCopy& frame) = 0;
};

/// @throws CudaError `unavailable` when this build or this machine cannot.
std::shared_ptr<FrameCopier> frameCopier(int device);

}  // namespace gimbal
