#pragma once
#include <memory>
#include <mutex>
#include <vector>

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
    return {take(frames_).release(), [self](SharedFrame* used) {
              used->frame.ready = false;
              self->give(self->frames_, std::unique_ptr<SharedFrame>(used));
            }};
  }
  std::unique_ptr<AlignScratch> scratch() { return take(scratches_); }
  void giveBack(std::unique_ptr<AlignScratch> scratch) { give(scratches_, std::move(scratch)); }

 private:
  static constexpr std::size_t kKept = 4;
  template <class T>
  std::unique_ptr<T> take(std::vector<std::unique_ptr<T>>& list) {
    std::lock_guard lock(mutex_);
    if (list.empty()) return std::make_unique<T>();
    auto item = std::move(list.back());
    list.pop_back();
    return item;
  }
  template <class T>
  void give(std::vector<std::unique_ptr<T>>& list, std::unique_ptr<T> item) {
    std::lock_guard lock(mutex_);
    if (list.size() < kKept) list.push_back(std::move(item));
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<SharedFrame>> frames_;
  std::vector<std::unique_ptr<AlignScratch>> scratches_;
};

}  // namespace gimbal::alignment
