#pragma once
#include <memory>
#include <span>
#include <vector>

#include "../warp/cuda.hpp"

namespace gimbal {

/// A frame to be warped on a device: where its planes come from and where they go.
struct RenderRequest {
  std::vector<cuda::WarpPlane> planes;  // in host or device memory, as told below
  bool srcOnDevice = false;
  bool dstOnDevice = false;
  CudaStream ready = nullptr;  // of a source on the device: the stream on which it is ready
  int bitDepth = 8;
  int shift = 0;
  WarpField field{};
  WarpOptions options;
};

/// Warps frames on one CUDA device, also such as lie in host memory. Any number of threads may call; each frame has a stream of its own,
/// so that the copies and the warp of one run beside those of another. What a call needs is kept for the next one.
class DeviceRenderer {
 public:
  virtual ~DeviceRenderer() = default;
  /// Makes the device's context and the kernels ready: hundreds of milliseconds that the first frame would pay otherwise.
  /// @throws CudaError.
  virtual void warmUp() = 0;
  /// Returns when all targets are complete; sleeps meanwhile. Every frame is on its way before the first is waited for. Host planes go
  /// through page-locked memory of the renderer's own. Allocates only when a frame is larger than any before, or more are on their way.
  /// @throws std::invalid_argument as cuda::Warp::run does, CudaError; then no target is to be relied on.
  virtual void renderAll(std::span<const RenderRequest> requests) = 0;
  void render(const RenderRequest& request) { renderAll({&request, 1}); }
};

/// @throws CudaError `unavailable` when this build or this machine cannot.
std::shared_ptr<DeviceRenderer> deviceRenderer(int device);

/// Memory of a device that frames may lie in.
class DeviceMemory {
 public:
  virtual ~DeviceMemory() = default;
  virtual void* data() const = 0;
};

/// @throws CudaError `unavailable`, `outOfMemory`.
std::unique_ptr<DeviceMemory> deviceMemory(int device, std::size_t bytes);

}  // namespace gimbal
