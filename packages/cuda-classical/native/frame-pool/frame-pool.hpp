#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "../estimate/estimate.hpp"
#include "../prepare/prepare.hpp"
#include "parallel/free-list.hpp"
#include "settings.hpp"
#if defined(GIMBAL_HAS_CUDA)
#include "../estimate/device-estimator.hpp"
#endif

namespace gimbal {

class Pool;

/// What one pair in flight needs; kept between pairs so that a warm estimator allocates nothing.
struct Workspace {
  PrepareScratch prepare;
  EstimateScratch estimate;

  /// A workspace of the pool that goes back to it.
  class Loan;
};

/// A frame's preparation, made at most once however many pairs ask for it at the same time.
struct SharedFrame {
  std::mutex mutex;
  PreparedFrame prepared;
  /// What the last pair with this frame as its second said of its cells.
  CellTrust trust = unknownTrust();
#if defined(GIMBAL_HAS_CUDA)
  DeviceFrame onDevice;
  /// The trust is still to be brought to the device, which keeps it with the frame once that is prepared.
  bool trustWaits = false;
#endif
};

/// Recycles workspaces and frames. Shared by the engine and by everything that it handed out, so it outlives them all.
class Pool : public std::enable_shared_from_this<Pool> {
 public:
  explicit Pool(Settings settings) : settings(std::move(settings)) {}
  const Settings settings;

  std::shared_ptr<SharedFrame> frame() {
    auto self = shared_from_this();
    return {frames_.take().release(), [self](SharedFrame* f) {
              f->prepared.ready = false;
              f->trust = unknownTrust();
#if defined(GIMBAL_HAS_CUDA)
              f->onDevice.ready = false;
              f->trustWaits = false;
#endif
              self->frames_.give(std::unique_ptr<SharedFrame>(f));
            }};
  }
#if defined(GIMBAL_HAS_CUDA)
  /// Made by the first caller, because it takes a while. @throws CudaError.
  DeviceEstimator& device() {
    const std::lock_guard lock(making_);
    if (!device_) device_ = std::make_unique<DeviceEstimator>(settings, settings.device);
    return *device_;
  }
#endif
  std::unique_ptr<Workspace> workspace() { return workspaces_.take(); }
  void giveBack(std::unique_ptr<Workspace> w) { workspaces_.give(std::move(w)); }

 private:
  static constexpr std::size_t kKept = 40;  // what two batches on a device need, and a few
#if defined(GIMBAL_HAS_CUDA)
  std::mutex making_;
  std::unique_ptr<DeviceEstimator> device_;  // outlives the frames
#endif
  FreeList<SharedFrame, kKept> frames_;
  FreeList<Workspace, kKept> workspaces_;
};

class Workspace::Loan {
 public:
  explicit Loan(Pool& pool) : pool_(pool), workspace_(pool.workspace()) {}
  Loan(const Loan&) = delete;
  ~Loan() { pool_.giveBack(std::move(workspace_)); }
  Workspace* operator->() const { return workspace_.get(); }
  Workspace& operator*() const { return *workspace_; }

 private:
  Pool& pool_;
  std::unique_ptr<Workspace> workspace_;
};

inline void prepare(SharedFrame& frame, const Luma& luma, const Settings& s, Workspace& w) {
  std::lock_guard lock(frame.mutex);
  if (!frame.prepared.ready) prepareFrame(luma, s.analysisSize, s.corners, s.threads, w.prepare, frame.prepared, s.maskOnHost());
}

}  // namespace gimbal
