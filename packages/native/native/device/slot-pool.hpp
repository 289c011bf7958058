#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "stream.hpp"

namespace gimbal {

/// What calls that overlap on one device need, each for itself (a `Lane`: stream, events, buffers), kept from call to call.
template <class Lane>
class SlotPool {
 public:
  explicit SlotPool(int device) : device_(device) {}
  SlotPool(const SlotPool&) = delete;

  ~SlotPool() {
    if (idle_.empty()) return;
    try {
      const OnDevice here(device_);
      idle_.clear();
    } catch (const CudaError&) {  // a device that is gone has given its memory back
    }
  }

  /// Calls `work(lane)` with the device current, on a slot that is not used elsewhere meanwhile.
  template <class Work>
  void with(const Work& work) {
    withSeveral(1, [&](auto& lanes) { work(*lanes[0]); });
  }

  /// Calls `work` with so many lanes, a vector of pointers.
  template <class Work>
  void withSeveral(std::size_t count, const Work& work) {
    const OnDevice here(device_);
    std::vector<std::unique_ptr<Lane>> mine;
    for (std::size_t i = 0; i < count; i++) mine.push_back(take());
    work(mine);
    const std::lock_guard lock(mutex_);
    // After a failure they may still be at work, so that they are taken down instead.
    for (std::unique_ptr<Lane>& lane : mine) idle_.push_back(std::move(lane));
  }

 private:
  std::unique_ptr<Lane> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Lane> last = std::move(idle_.back());
        idle_.pop_back();
        return last;
      }
    }
    return std::make_unique<Lane>();
  }

  const int device_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> idle_;
};

}  // namespace gimbal
