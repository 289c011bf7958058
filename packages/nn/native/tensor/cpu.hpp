#pragma once
#include "tensor.hpp"

namespace gimbal::nn {

/// Reads a tensor of float32 in host memory.
class Reader {
 public:
  Reader(const View& view, int n)
      : view_(view),
        data_(static_cast<const float*>(view.data) + view.offset(n)),
        affine_(view.affine == nullptr ? nullptr : view.affine + static_cast<std::size_t>(n) * view.shape.stride() * 2) {}

  float at(int t, int y, int x, int c) const {
    const Shape& s = view_.shape;
    return value(data_[((static_cast<std::size_t>(t) * s.h + y) * s.w + x) * s.stride() + c], c);
  }
  /// Of a pixel counted over times, rows and columns.
  float at(std::size_t pixel, int c) const { return value(data_[pixel * view_.shape.stride() + c], c); }

 private:
  float value(float stored, int c) const {
    if (affine_ != nullptr) stored = stored * affine_[2 * c] + affine_[2 * c + 1];
    return activated(stored, view_.slope);
  }

  View view_;
  const float* data_;
  const float* affine_;
};

inline float* writerOf(const View& view, int n) { return static_cast<float*>(view.data) + view.offset(n); }

}  // namespace gimbal::nn
