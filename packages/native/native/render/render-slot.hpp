#pragma once
#include "../device/buffer.hpp"
#include "../device/stream.hpp"
#include "../device/trace-marks.hpp"
#include "render.hpp"

namespace gimbal {

/// What one frame on its way through a device needs. Belongs to the device that was current when it was made; one frame at a time.
class RenderSlot {
 public:
  /// Sends a frame on its way.
  void start(const RenderRequest& request);
  /// Waits for the target of the frame that was started.
  void finish(const RenderRequest& request);

 private:
  /// Where a plane of a host frame lies in the lane's buffers.
  struct Staged {
    std::size_t at;
    std::ptrdiff_t stride;
    std::size_t rowBytes;
  };
  void layOut(const RenderRequest& request);
  void upload(const RenderRequest& request);
  void download(const RenderRequest& request);
  void hand(const RenderRequest& request);

  Stream stream_;
  Event sourceReady_;
  TraceMarks marks_;
  Event planeDone_[cuda::Warp::mostPlanes];
  cuda::Warp warp_;
  PinnedBuffer hostSource_;
  PinnedBuffer hostTarget_;
  DeviceBuffer source_;
  DeviceBuffer target_;
  std::vector<Staged> sources_;
  std::vector<Staged> targets_;
  std::vector<cuda::WarpPlane> planes_;
};

}  // namespace gimbal
