#include <algorithm>
#include <cmath>
#include <functional>

#include <parallel/parallel.hpp>

#include "../tensor/cpu.hpp"
#include "conv.hpp"

namespace gimbal::nn {
namespace {

/// Adds everything that reaches one output pixel to `sums`, one of each padded channel.
void pixelOf(const Conv& job, const Reader& x, const int (&place)[3], std::vector<float>& sums) {
  const Shape& in = job.x.shape;
  const int stride = job.y.shape.stride();
  const float* weights = job.weights;
  for (int kt = 0; kt < job.kernel[0]; kt++) {
    for (int ky = 0; ky < job.kernel[1]; ky++) {
      for (int kx = 0; kx < job.kernel[2]; kx++, weights += static_cast<std::size_t>(in.c) * stride) {
        const int t = place[0] * job.stride[0] - job.pad[0] + kt * job.dilation[0];
        const int r = place[1] * job.stride[1] - job.pad[1] + ky * job.dilation[1];
        const int c = place[2] * job.stride[2] - job.pad[2] + kx * job.dilation[2];
        if (t < 0 || t >= in.t || r < 0 || r >= in.h || c < 0 || c >= in.w) continue;
        for (int k = 0; k < in.c; k++) {
          const float value = x.at(t, r, c, k) * job.scale + job.shift;
          const float* w = weights + static_cast<std::size_t>(k) * stride;
          for (int o = 0; o < stride; o++) sums[o] += value * w[o];
        }
      }
    }
  }
}

/// Scale and shift that give every group of channels of item n mean 0 and variance 1.
void normalise(const Conv& job, int n) {
  const Shape& shape = job.y.shape;
  const float* y = writerOf(job.y, n);
  float* affine = job.norm.affine + static_cast<std::size_t>(n) * shape.stride() * 2;
  const int size = shape.c / job.norm.groups;
  std::fill_n(affine, shape.stride() * 2, 0.0f);
  for (int first = 0; first < shape.c; first += size) {
    double sum = 0;
    double squares = 0;
    for (std::size_t p = 0; p < shape.pixels(); p++) {
      for (int c = first; c < first + size; c++) sum += y[p * shape.stride() + c];
    }
    const double count = static_cast<double>(shape.pixels()) * size;
    const double mean = sum / count;
    for (std::size_t p = 0; p < shape.pixels(); p++) {
      for (int c = first; c < first + size; c++) {
        const double d = y[p * shape.stride() + c] - mean;
        squares += d * d;
      }
    }
    const double scale = 1 / std::sqrt(squares / count + job.norm.epsilon);
    for (int c = first; c < first + size; c++) {
      const double weighted = scale * (job.norm.weight == nullptr ? 1 : job.norm.weight[c]);
      affine[2 * c] = static_cast<float>(weighted);
      affine[2 * c + 1] = static_cast<float>((job.norm.bias == nullptr ? 0 : job.norm.bias[c]) - mean * weighted);
    }
  }
}

}  // namespace

void conv(const Conv& job, int threads) {
  const Shape& out = job.y.shape;
  const int stride = out.stride();
  for (int n = 0; n < job.items; n++) {
    if (!job.active.has(n)) continue;
    const Reader x(job.x, n);
    float* y = writerOf(job.y, n);
    const auto body = [&](int from, int to) {
      std::vector<float> sums(stride);
      for (int row = from; row < to; row++) {
        const int t = row / job.places[1];
        const int r = row % job.places[1];
        for (int c = 0; c < job.places[2]; c++) {
          std::fill(sums.begin(), sums.end(), 0.0f);
          pixelOf(job, x, {t, r, c}, sums);
          const std::size_t pixel = ((static_cast<std::size_t>(t) * job.step[0] + job.offset[0]) * out.h + r * job.step[1] + job.offset[1]) * out.w +
                                    c * job.step[2] + job.offset[2];
          for (int o = 0; o < out.c; o++) {
            float value = sums[o] + (job.bias == nullptr ? 0 : job.bias[o]);
            if (job.residual) value += Reader(job.residual, n).at(pixel, o);
            y[pixel * stride + o] = activated(value, job.slope);
          }
          for (int o = out.c; o < stride; o++) y[pixel * stride + o] = 0;
        }
      }
    };
    parallelFor(0, job.places[0] * job.places[1], 4, threads, std::cref(body));
    if (job.norm.groups > 0) normalise(job, n);
  }
}

}  // namespace gimbal::nn
