#pragma once
#include <plane/plane.hpp>
#include <vector>

namespace gimbal {

/// Samples that exist beyond each edge of every level (the edge sample repeated), so that a patch near the edge reads without checks.
constexpr int kPadding = 24;
constexpr int kMaxLevels = 6;

/// A Gaussian pyramid whose levels carry kPadding repeated samples on all sides. Level l is ((w + 2^l − 1) >> l) wide; a pixel at
/// (x, y) of level 0 lies at (x, y) / 2^l of level l. Levels stop before the shorter side falls under 8.
class PaddedPyramid {
 public:
  /// Keeps the memory when the size has not changed.
  void resize(int width, int height);
  int levels() const { return levels_; }
  Plane<float> level(int l) const { return planes_[l]; }
  /// Fills the padding of one level from its edge samples.
  void pad(int l);
  /// Fills levels 1.. from level 0 and pads all.
  void build(int threads);

 private:
  std::vector<float> samples_;
  Plane<float> planes_[kMaxLevels];
  int levels_ = 0;
};

}  // namespace gimbal
