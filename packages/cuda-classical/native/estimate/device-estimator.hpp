#pragma once
#include <device/buffer.hpp>
#include <device/stream.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "../frame-pool/settings.hpp"
#include "../prepare/cuda.hpp"
#include "../prepare/luma-source.hpp"
#include "estimate.hpp"
#include "stages.hpp"

namespace gimbal {

/// What the device keeps of a frame. Belongs to one estimator; its memory is kept when it is used again.
struct DeviceFrame {
  FrameLayout layout;
  DeviceBuffer memory;
  bool ready = false;
};

struct DevicePair {
  DeviceFrame* previous;
  LumaSource previousLuma;
  DeviceFrame* current;
  LumaSource currentLuma;
  /// In source pixels; may be null.
  const Mat3* guess = nullptr;
};

/// prepareFrame and estimatePair on a CUDA device, for pairs alone or many in one launch sequence. The trust of a frame's cells stays on
/// the device with the frame. One caller at a time works; others wait.
class DeviceEstimator {
 public:
  /// @throws CudaError when the device cannot be used.
  DeviceEstimator(const Settings& settings, int device);
  ~DeviceEstimator();
  DeviceEstimator(const DeviceEstimator&) = delete;

  /// The same answers as one by one, in order. Frames that are not ready are prepared first.
  /// @throws CudaError; std::invalid_argument when the frames of a pair differ in size.
  std::vector<Estimate> estimate(const DevicePair* pairs, int count);

  /// estimate for one pair, and what became of every corner: the tracks, and whether each followed the answer.
  Estimate trace(const DevicePair& pair, std::vector<Track>& tracks, std::vector<std::uint8_t>& inlier);

  /// The work of a first look at up to PairBatch::kMost pairs of one size is put on the stream; nothing is waited for. For measuring.
  void enqueue(const DevicePair* pairs, int count);

  CudaStream stream() const { return stream_.get(); }
  int device() const { return device_; }

 private:
  struct Size {
    FrameLayout frame;
    PrepareLayout prepare;
    PairLayout pair;
  };
  struct Staging {
    PinnedBuffer host;
    DeviceBuffer device;
    Event copied;
  };
  std::vector<Estimate> estimateAlone(const DevicePair* pairs, int count);
  const Size& sizeOf(int width, int height);
  /// Pyramids; the corners of the last of them are left to `findLastCorners`. Returns whether these pairs need those corners.
  bool prepare(const Size& size, const DevicePair* pairs, int count);
  void findLastCorners(const Size& size);
  Luma upload(const LumaSource& source);
  void ask(const Size& size, const DevicePair* pairs, int count);
  void answer(const Size& size, Estimate* out);

  const Settings settings_;
  const int device_;
  std::mutex mutex_;
  std::optional<OnDevice> making_;  // streams, events and memory below belong to the device
  Stream stream_;
  // What a pair can do without for a while runs beside it: the corners of its current frame, and how the frames differ in place.
  Stream finding_, comparing_;
  Event done_, arrived_, built_, found_, compared_;
  PrepareBatch cornerless_;
  std::map<std::pair<int, int>, Size> sizes_;
  Staging staging_[PrepareBatch::kMost];
  int staged_ = 0;
  DeviceBuffer dice_, scratch_, pairs_, deviceAnswers_, deviceQuestions_;
  PinnedBuffer answers_, questions_;
  PairBatch batch_;
  ClimbOptions climbing_;
};

}  // namespace gimbal
