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
#include "first-pass.hpp"
#include "launch-graphs.hpp"

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

/// How a first pass gets to the device: launch by launch, as a recorded graph, or as measurements say is faster. The answers are the same.
enum class Launching { measured, plain, graph };

/// Whether a graph is faster than launch by launch for a caller that waits for the answers: docs/decisions/0016-cuda-graph.md.
constexpr bool graphPays(const FirstPassPlan& plan) { return plan.pairs >= 32; }

/// prepareFrame and estimatePair on a CUDA device, for pairs alone or many in one launch sequence. The trust of a frame's cells stays on
/// the device with the frame. One caller at a time works; others wait.
class DeviceEstimator {
 public:
  /// @throws CudaError when the device cannot be used.
  DeviceEstimator(const Settings& settings, int device, Launching launching = Launching::measured);
  ~DeviceEstimator();
  DeviceEstimator(const DeviceEstimator&) = delete;

  /// The same answers as one by one, in order. Frames that are not ready are prepared first.
  /// @throws CudaError; std::invalid_argument when the frames of a pair differ in size.
  std::vector<Estimate> estimate(const DevicePair* pairs, int count);

  /// estimate for one pair, and what became of every corner: the tracks, and whether each followed the answer.
  Estimate trace(const DevicePair& pair, std::vector<Track>& tracks, std::vector<std::uint8_t>& inlier);

  /// What the pairs before said of the cells of a frame that is ready.
  CellTrust trust(const DeviceFrame& frame);
  void setTrust(DeviceFrame& frame, const CellTrust& trust);

  /// The work of a first pass at up to PairBatch::kMost pairs of one size is put on the stream; nothing is waited for. For measuring.
  void enqueue(const DevicePair* pairs, int count);

  CudaStream stream() const { return stream_.get(); }
  int device() const { return device_; }
  /// What became of first passes that were to be graphs.
  const LaunchGraphs<FirstPassPlan>& graphs() const { return graphs_; }

 private:
  using Size = FirstPassLayouts;
  struct Staging {
    PinnedBuffer host;
    DeviceBuffer device;
    Event read;  ///< by the resize
  };
  std::vector<Estimate> estimateAlone(const DevicePair* pairs, int count);
  const Size& sizeOf(int width, int height);
  /// Notes the frames that are not ready, as if they were now, and makes room for all.
  FirstPassPlan gather(const Size& size, const DevicePair* pairs, int count);
  /// Tells the device where everything lies, and the pairs' guesses.
  void place(const Size& size, const DevicePair* pairs, int count, int frames);
  /// Shrinks the luma of the frames that gather noted.
  void resize(const Size& size, int frames);
  Luma upload(const LumaSource& source, Staging& staging);
  void reserve(DeviceBuffer& buffer, std::size_t bytes, const char* purpose);
  void answer(const Size& size, Estimate* out);

  const Settings settings_;
  const int device_;
  const Launching launching_;
  std::mutex mutex_;
  std::optional<OnDevice> making_;  // streams, events and memory below belong to the device
  Stream stream_;
  AuxiliaryStreams side_;
  Event done_, arrived_;
  std::map<std::pair<int, int>, Size> sizes_;
  struct Fresh {
    DeviceFrame* frame;
    const LumaSource* luma;
  };
  Fresh fresh_[LaunchArguments::kFrames];
  Staging staging_[PrepareBatch::kMost];
  DeviceBuffer dice_, mask_, scratch_, resized_, pairs_, framePlaces_, pairPlaces_, deviceAnswers_, deviceQuestions_;
  PinnedBuffer answers_, questions_;
  PairBatch batch_;
  SelectionOptions selection_;
  LaunchGraphs<FirstPassPlan> graphs_;  // recorded with the memory above
};

}  // namespace gimbal
