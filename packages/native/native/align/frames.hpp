#pragma once
#include <memory>
#include <mutex>
#include <utility>

#include "../parallel/free-list.hpp"
#include "align.hpp"

namespace gimbal::alignment {

/// A frame's preparation, made at most once however many pairs ask for it at the same time.
struct SharedFrame {
  std::mutex mutex;
  AlignFrame frame;

  void prepare(const AlignLuma& luma, const AlignSettings& settings, AlignScratch& scratch) {
    std::lock_guard lock(mutex);
    if (!frame.ready) prepareAlign(luma, settings, scratch, frame);
  }
};

/// Recycles frames and buffers, so that a warm aligner allocates nothing. Everything that it handed out keeps it alive.
class Frames : public std::enable_shared_from_this<Frames> {
 public:
  explicit Frames(const AlignSettings& settings) : settings(settings) {}
  const AlignSettings settings;

  std::shared_ptr<SharedFrame> frame() {
    auto self = shared_from_this();
    return {frames_.take().release(), [self](SharedFrame* used) {
              used->frame.ready = false;
              self->frames_.give(std::unique_ptr<SharedFrame>(used));
            }};
  }
  std::unique_ptr<AlignScratch> scratch() { return scratches_.take(); }
  void giveBack(std::unique_ptr<AlignScratch> scratch) { scratches_.give(std::move(scratch)); }

 private:
  static constexpr std::size_t kKept = 4;
  FreeList<SharedFrame, kKept> frames_;
  FreeList<AlignScratch, kKept> scratches_;
};

}  // namespace gimbal::alignment
