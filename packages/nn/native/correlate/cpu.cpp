#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <parallel/parallel.hpp>

#include "../tensor/cpu.hpp"
#include "correlate.hpp"

namespace gimbal::nn {
namespace {

/// b as the pair's homography puts it on the grid of a; [cells][channels].
std::vector<float> warped(const Correlate& job, int n) {
  const Shape& s = job.b.shape;
  const Reader b(job.b, n);
  std::vector<float> out(s.pixels() * s.c);
  for (int y = 0; y < s.h; y++) {
    for (int x = 0; x < s.w; x++) {
      float fx = static_cast<float>(x);
      float fy = static_cast<float>(y);
      if (job.state != nullptr) {
        const float scale = job.geometry.stride / job.geometry.extent;
        UnitHomography(job.state + static_cast<std::size_t>(n) * stateNumbers, job.geometry.extent).project(x * scale, y * scale, fx, fy);
        fx = std::clamp(fx / job.geometry.stride, 0.0f, static_cast<float>(s.w - 1));
        fy = std::clamp(fy / job.geometry.stride, 0.0f, static_cast<float>(s.h - 1));
      }
      const int x0 = static_cast<int>(fx);
      const int y0 = static_cast<int>(fy);
      const int x1 = std::min(x0 + 1, s.w - 1);
      const int y1 = std::min(y0 + 1, s.h - 1);
      fx -= static_cast<float>(x0);
      fy -= static_cast<float>(y0);
      for (int c = 0; c < s.c; c++) {
        const float top = b.at(0, y0, x0, c) * (1 - fx) + b.at(0, y0, x1, c) * fx;
        const float bottom = b.at(0, y1, x0, c) * (1 - fx) + b.at(0, y1, x1, c) * fx;
        out[(static_cast<std::size_t>(y) * s.w + x) * s.c + c] = top * (1 - fy) + bottom * fy;
      }
    }
  }
  return out;
}

}  // namespace

void correlate(const Correlate& job, int threads) {
  const Shape& s = job.a.shape;
  const Shape& out = job.window.shape;
  const int side = 2 * job.radius + 1;
  for (int n = 0; n < job.items; n++) {
    if (!job.active.has(n)) continue;
    const std::vector<float> b = warped(job, n);
    const Reader a(job.a, n);
    const float scale = 1 / std::sqrt(static_cast<float>(s.c));
    const auto body = [&](int from, int to) {
      for (int y = from; y < to; y++) {
        for (int x = 0; x < s.w; x++) {
          const std::size_t cell = static_cast<std::size_t>(y) * s.w + x;
          float* window = writerOf(job.window, n) + cell * out.stride();
          std::fill_n(window, out.stride(), 0.0f);
          for (int o = 0; o < side * side; o++) {
            const int by = y + o / side - job.radius;
            const int bx = x + o % side - job.radius;
            if (by < 0 || by >= s.h || bx < 0 || bx >= s.w) continue;
            const float* other = b.data() + (static_cast<std::size_t>(by) * s.w + bx) * s.c;
            float sum = 0;
            for (int c = 0; c < s.c; c++) sum += a.at(0, y, x, c) * other[c];
            window[o] = sum * scale;
          }
          if (job.peak != nullptr) {
            const float most = *std::max_element(window, window + side * side);
            double total = 0, along = 0, down = 0;
            for (int o = 0; o < side * side; o++) {
              const double share = std::exp(job.sharpness * (window[o] - most));
              total += share;
              along += share * (o % side - job.radius);
              down += share * (o / side - job.radius);
            }
            float* peak = job.peak + (static_cast<std::size_t>(n) * s.pixels() + cell) * 2;
            peak[0] = static_cast<float>(along / total);
            peak[1] = static_cast<float>(down / total);
          }
          if (job.outside) {
            const UnitHomography h(job.state + static_cast<std::size_t>(n) * stateNumbers, job.geometry.extent);
            const float step = job.geometry.stride / job.geometry.extent;
            float px, py;
            h.project(x * step, y * step, px, py);
            window[side * side] = isInside(px, py, job.geometry.extent) ? 0.0f : 1.0f;
          }
        }
      }
    };
    parallelFor(0, s.h, 4, threads, std::cref(body));
  }
}

}  // namespace gimbal::nn
