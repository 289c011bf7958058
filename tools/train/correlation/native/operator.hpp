#pragma once
#include <ATen/Functions.h>
#include <torch/library.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <tuple>

#include "tile.hpp"

namespace gimbal::correlation {

/// Two contiguous feature maps of one type and shape, and the problem they make.
struct Inputs {
  at::Tensor fa, fb;
  Problem problem;
  std::int64_t radius;

  Inputs(const at::Tensor& first, const at::Tensor& second, std::int64_t r)
      : fa(first.contiguous()), fb(second.contiguous()), radius(r) {
    TORCH_CHECK(fa.dim() == 4 && fa.sizes() == fb.sizes(),
                "local correlation expects two tensors of one shape (B, C, H, W), received ", first.sizes(), " and ",
                second.sizes());
    TORCH_CHECK(fa.scalar_type() == fb.scalar_type() && fa.device() == fb.device(),
                "local correlation expects two tensors of one type on one device, received ", first.scalar_type(), " on ",
                first.device(), " and ", second.scalar_type(), " on ", second.device());
    TORCH_CHECK(r >= 1 && r <= kMaxRadius, "local correlation expects a radius from 1 to ", kMaxRadius, ", received ", r);
    const auto size = [&](int i) { return static_cast<int>(fa.size(i)); };
    problem = {size(0), size(1), size(2), size(3), 1 / std::sqrt(static_cast<double>(fa.size(1))), false};
  }

  std::int64_t planes() const { return (2 * radius + 1) * (2 * radius + 1); }
  at::Tensor correlation() const { return at::empty({fa.size(0), planes(), fa.size(2), fa.size(3)}, fa.options()); }

  /// Four samples at once need rows and pointers that are multiples of four samples.
  void chooseAccess(std::initializer_list<at::Tensor> tensors) {
    problem.quads = problem.width % 4 == 0;
    for (const auto& t : tensors) {
      problem.quads = problem.quads && reinterpret_cast<std::uintptr_t>(t.const_data_ptr()) % (4 * t.element_size()) == 0;
    }
  }

  /// The slopes, contiguous and of the feature maps' type.
  at::Tensor slopes(const at::Tensor& grad) const {
    TORCH_CHECK(grad.sizes() == at::IntArrayRef({fa.size(0), planes(), fa.size(2), fa.size(3)}),
                "the backward of local correlation expects slopes shaped as its output, received ", grad.sizes());
    return grad.to(fa.scalar_type()).contiguous();
  }
};

}  // namespace gimbal::correlation
