#include <stdexcept>
#include <string>

#include "../device/buffer.hpp"
#include "../device/devices.hpp"
#include "../device/slot-pool.hpp"
#include "../device/trace-marks.hpp"
#include "../plane/copy-rows.hpp"
#include "copy.hpp"

namespace gimbal {
namespace {

/// What one frame on its way needs; one call at a time.
class CopyLane {
 public:
  void copy(const FrameCopy& frame) {
    check(frame);
    marks_.begin(stream_);
    if (frame.fromDevice) {
      ready_.record(frame.ready);
      stream_.after(ready_);
    }
    if (!frame.fromDevice) {
      upload(frame);
    } else if (!frame.toDevice) {
      download(frame);
    } else {
      for (const FrameCopy::Rows& p : frame.planes) move(p.to, p.toStride, p.from, p.fromStride, p, cudaMemcpyDeviceToDevice);
      marks_.mark("copy", stream_);
      finish();
    }
    marks_.note();
  }

 private:
  static void check(const FrameCopy& frame) {
    if (!frame.fromDevice && !frame.toDevice) throw std::invalid_argument("a frame to copy lies on a device, or is to lie there");
    for (const FrameCopy::Rows& p : frame.planes) {
      const auto row = static_cast<std::ptrdiff_t>(p.rowBytes);
      if (p.rows < 1 || row < 1 || p.fromStride < row || p.toStride < row) {
        throw std::invalid_argument(
            "a plane to copy has rows of at least a byte that lie at least "
            "their length apart");
      }
    }
  }

  void move(void* to, std::ptrdiff_t toStride, const void* from, std::ptrdiff_t fromStride, const FrameCopy::Rows& p, cudaMemcpyKind kind) {
    cudaCheck(cudaMemcpy2DAsync(to, toStride, from, fromStride, p.rowBytes, p.rows, kind, stream_), "copying a frame",
              [&] { return std::to_string(p.rows) + " rows of " + std::to_string(p.rowBytes) + " bytes"; });
  }

  void finish() {
    done_.record(stream_);
    done_.wait();
  }

  unsigned char* room(const FrameCopy& frame, const char* purpose) {
    std::size_t bytes = 0;
    for (const FrameCopy::Rows& p : frame.planes) bytes += p.rowBytes * p.rows;
    staging_.reserve(bytes, purpose);
    return staging_.as<unsigned char>();
  }

  /// Plane by plane, so that one crosses while the next is brought into page-locked memory.
  void upload(const FrameCopy& frame) {
    unsigned char* staged = room(frame, "a frame on its way to the device");
    for (const FrameCopy::Rows& p : frame.planes) {
      copyRows(staged, static_cast<std::ptrdiff_t>(p.rowBytes), p.from, p.fromStride, p.rowBytes, p.rows);
      move(p.to, p.toStride, staged, static_cast<std::ptrdiff_t>(p.rowBytes), p, cudaMemcpyHostToDevice);
      staged += p.rowBytes * p.rows;
    }
    marks_.mark("upload", stream_);
    finish();
  }

  void download(const FrameCopy& frame) {
    unsigned char* staged = room(frame, "a frame on its way from the device");
    for (const FrameCopy::Rows& p : frame.planes) {
      move(staged, static_cast<std::ptrdiff_t>(p.rowBytes), p.from, p.fromStride, p, cudaMemcpyDeviceToHost);
      staged += p.rowBytes * p.rows;
    }
    marks_.mark("download", stream_);
    finish();
    staged = staging_.as<unsigned char>();
    for (const FrameCopy::Rows& p : frame.planes) {
      copyRows(p.to, p.toStride, staged, static_cast<std::ptrdiff_t>(p.rowBytes), p.rowBytes, p.rows);
      staged += p.rowBytes * p.rows;
    }
  }

  Stream stream_;
  Event ready_;
  Event done_;
  TraceMarks marks_;
  PinnedBuffer staging_;
};

class LanesOfCopies : public FrameCopier {
 public:
  explicit LanesOfCopies(int device) : lanes_(device) {}
  void copy(const FrameCopy& frame) override {
    lanes_.with([&](CopyLane& lane) { lane.copy(frame); });
  }

 private:
  SlotPool<CopyLane> lanes_;
};

}  // namespace

std::shared_ptr<FrameCopier> frameCopier(int device) {
  requireCudaDevice(device);
  return std::make_shared<LanesOfCopies>(device);
}

}  // namespace gimbal
