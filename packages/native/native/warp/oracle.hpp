// The warp in float64, straight from the definitions in warp.hpp: one pixel at a time, nothing shared with the production code.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "warp.hpp"

namespace gimbal {

using Sample = std::function<double(int column, int row)>;  // a sample inside the source, in significant bits

inline std::optional<std::pair<double, double>> throughCell(const double* h, double x, double y) {
  const double w = h[6] * x + h[7] * y + h[8];
  if (!(w > 1e-7)) return std::nullopt;
  return std::pair{(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w};
}

/// Source luma position of an output luma position; nothing where it is not in front of the camera.
inline std::optional<std::pair<double, double>> throughField(const WarpField& f, double x, double y) {
  if (f.rows == 1 && f.cols == 1) return throughCell(f.homographies, x, y);
  const double gx = std::clamp((x + 0.5) / f.width * f.cols - 0.5, 0.0, f.cols - 1.0);
  const double gy = std::clamp((y + 0.5) / f.height * f.rows - 0.5, 0.0, f.rows - 1.0);
  const int col = std::min(static_cast<int>(gx), std::max(f.cols - 2, 0));
  const int row = std::min(static_cast<int>(gy), std::max(f.rows - 2, 0));
  std::pair<double, double> sum{0, 0};
  for (int r = 0; r < 2; r++) {
    for (int c = 0; c < 2; c++) {
      const double weight = (c == 0 ? 1 - (gx - col) : gx - col) * (r == 0 ? 1 - (gy - row) : gy - row);
      if (weight == 0) continue;
      const auto p = throughCell(f.homographies + ((row + r) * f.cols + col + c) * 9, x, y);
      if (!p) return std::nullopt;
      sum.first += weight * p->first;
      sum.second += weight * p->second;
    }
  }
  return sum;
}

inline double kernelAt(Interpolation interpolation, double x) {
  x = std::abs(x);
  if (interpolation == Interpolation::bilinear) return std::max(0.0, 1 - x);
  if (interpolation == Interpolation::bicubic) {
    if (x >= 2) return 0;
    return x < 1 ? 1.5 * x * x * x - 2.5 * x * x + 1 : -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2;
  }
  if (x == 0) return 1;
  const double a = std::acos(-1.0) * x;
  return x >= 3 ? 0 : std::sin(a) / a * (std::sin(a / 3) / (a / 3));
}

inline long long reflected(long long i, long long n) {
  if (n == 1) return 0;
  const long long period = 2 * n - 2;
  i = ((i % period) + period) % period;
  return std::min(i, period - i);
}

/// The exact value, clamped to the range of samples.
inline double exactWarp(const Sample& sample, int width, int height, int bits, const WarpField& field, const Siting& s,
                        const WarpOptions& o, int u, int v) {
  const auto luma = throughField(field, s.scaleX * u + s.offsetX, s.scaleY * v + s.offsetY);
  if (!luma || !(std::abs(luma->first) < 1e12) || !(std::abs(luma->second) < 1e12)) return o.fill;
  const double x = (luma->first - s.offsetX) / s.scaleX;
  const double y = (luma->second - s.offsetY) / s.scaleY;
  const int reach = o.interpolation == Interpolation::bilinear ? 1 : (o.interpolation == Interpolation::bicubic ? 2 : 3);
  const auto left = static_cast<long long>(std::floor(x)) - reach + 1;
  const auto top = static_cast<long long>(std::floor(y)) - reach + 1;
  double sum = 0;
  double weights = 0;
  for (int j = 0; j < 2 * reach; j++) {
    for (int i = 0; i < 2 * reach; i++) {
      const double weight = kernelAt(o.interpolation, x - static_cast<double>(left + i)) *
                            kernelAt(o.interpolation, y - static_cast<double>(top + j));
      long long column = left + i;
      long long row = top + j;
      const bool inside = column >= 0 && column < width && row >= 0 && row < height;
      if (o.border == Border::replicate) {
        column = std::clamp(column, 0LL, width - 1LL);
        row = std::clamp(row, 0LL, height - 1LL);
      } else if (o.border == Border::mirror) {
        column = reflected(column, width);
        row = reflected(row, height);
      }
      const bool filled = o.border == Border::fill && !inside;
      sum += weight * (filled ? o.fill : sample(static_cast<int>(column), static_cast<int>(row)));
      weights += weight;
    }
  }
  return std::clamp(sum / weights, 0.0, std::ldexp(1.0, bits) - 1);
}

}  // namespace gimbal
