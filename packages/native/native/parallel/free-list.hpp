#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace gimbal {

/// Objects that are costly to make, lent to one caller at a time and kept for the next, `Kept` of them at most. Safe from any thread.
template <class T, std::size_t Kept>
class FreeList {
 public:
  std::unique_ptr<T> take() {
    const std::lock_guard lock(mutex_);
    if (items_.empty()) return std::make_unique<T>();
    auto item = std::move(items_.back());
    items_.pop_back();
    return item;
  }
  void give(std::unique_ptr<T> item) {
    const std::lock_guard lock(mutex_);
    if (items_.size() < Kept) items_.push_back(std::move(item));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> items_;
};

}  // namespace gimbal
