#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

namespace gimbal::nn {

/// Lays out the tensors of a sequence in one block of memory: two that are never needed at once may lie in the same place. The sequence is
/// walked twice in the same order; the first time tells how long each tensor is needed, the second where it lies.
class Arena {
 public:
  /// @param reuse Whether places are used again.
  explicit Arena(bool reuse) : reuse_(reuse) {}

  /// A tensor that is written by operation `now`; returns its number.
  int add(std::size_t bytes, int now) {
    const int id = next_++;
    if (base_ == nullptr) blocks_.push_back({(bytes + 255) / 256 * 256, now, now, 0});
    return id;
  }
  /// Operation `now` reads it.
  void touch(int id, int now) {
    if (id >= 0) blocks_[id].last = std::max(blocks_[id].last, now);
  }
  /// Null in the first walk.
  unsigned char* data(int id) const { return base_ == nullptr ? nullptr : base_ + blocks_[id].offset; }

  /// Ends the first walk and tells how many bytes are needed.
  std::size_t layOut() {
    std::vector<std::size_t> placed;
    std::size_t total = 0;
    for (std::size_t k = 0; k < blocks_.size(); k++) {
      Block& block = blocks_[k];
      // The lowest gap between those that live at the same time.
      std::vector<const Block*> others;
      for (const std::size_t p : placed) {
        const Block& other = blocks_[p];
        if (!reuse_ || (other.first <= block.last && block.first <= other.last)) others.push_back(&other);
      }
      std::sort(others.begin(), others.end(), [](const Block* a, const Block* b) { return a->offset < b->offset; });
      std::size_t at = 0;
      for (const Block* other : others) {
        if (at + block.size <= other->offset) break;
        at = std::max(at, other->offset + other->size);
      }
      block.offset = at;
      total = std::max(total, at + block.size);
      placed.push_back(k);
    }
    next_ = 0;
    return total;
  }
  /// Begins the second walk.
  void begin(unsigned char* base) { base_ = base; }

 private:
  struct Block {
    std::size_t size;
    int first, last;
    std::size_t offset;
  };
  bool reuse_;
  int next_ = 0;
  unsigned char* base_ = nullptr;
  std::vector<Block> blocks_;
};

}  // namespace gimbal::nn
