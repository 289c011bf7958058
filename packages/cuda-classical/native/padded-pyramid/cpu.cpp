#include "padded-pyramid.hpp"

#include <algorithm>
#include <cstring>
#include <pyramid/pyramid.hpp>

namespace gimbal {

void PaddedPyramid::resize(int width, int height) {
  if (levels_ > 0 && planes_[0].width == width && planes_[0].height == height) return;
  std::size_t offsets[kMaxLevels];
  std::size_t total = 8;
  levels_ = 0;
  for (int w = width, h = height; levels_ < kMaxLevels; w = (w + 1) / 2, h = (h + 1) / 2) {
    if (levels_ > 0 && std::min(w, h) < 8) break;
    const std::size_t stride = (static_cast<std::size_t>(w) + 2 * kPadding + 7) / 8 * 8;
    planes_[levels_] = {nullptr, w, h, static_cast<std::ptrdiff_t>(stride * sizeof(float))};
    offsets[levels_] = total + kPadding * stride + kPadding;
    total += stride * (static_cast<std::size_t>(h) + 2 * kPadding);
    levels_++;
  }
  samples_.assign(total, 0.0f);
  for (int l = 0; l < levels_; l++) planes_[l].data = samples_.data() + offsets[l];
}

void PaddedPyramid::pad(int l) {
  const Plane<float> p = planes_[l];
  for (int y = 0; y < p.height; y++) {
    float* row = p.row(y);
    std::fill(row - kPadding, row, row[0]);
    std::fill(row + p.width, row + p.width + kPadding, row[p.width - 1]);
  }
  const std::size_t bytes = (static_cast<std::size_t>(p.width) + 2 * kPadding) * sizeof(float);
  for (int k = 1; k <= kPadding; k++) {
    std::memcpy(p.row(-k) - kPadding, p.row(0) - kPadding, bytes);
    std::memcpy(p.row(p.height - 1 + k) - kPadding, p.row(p.height - 1) - kPadding, bytes);
  }
}

void PaddedPyramid::build(int threads) {
  pad(0);
  for (int l = 1; l < levels_; l++) {
    pyramidDown(planes_[l - 1], planes_[l], threads);
    pad(l);
  }
}

}  // namespace gimbal
