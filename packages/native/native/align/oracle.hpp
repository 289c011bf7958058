#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "test-texture.hpp"

namespace gimbal::scene {

/// The independent answer: every pixel, float64, forward-additive Gauss-Newton (Lucas and Kanade's own) on the eight entries of the
/// matrix, one gain and one offset, bilinear samples of smoothed pictures. No pyramid, no points, no robust weights.
class DenseOracle {
 public:
  DenseOracle(const Image& previous, const Image& current) : width_(previous.width), height_(previous.height) {
    a_ = smooth(previous);
    b_ = smooth(current);
  }

  Map refine(Map h, int iterations) const {
    double gain = 1, offset = 0;
    const double unit[8] = {1.0 / width_, 1.0 / width_, 1, 1.0 / width_, 1.0 / width_, 1, 1e-3 / width_, 1e-3 / width_};
    for (int iteration = 0; iteration < iterations; iteration++) {
      double m[10][11] = {};
      for (int y = 8; y < height_ - 8; y++) {
        for (int x = 8; x < width_ - 8; x++) {
          const double w = h[6] * x + h[7] * y + 1;
          const double u = (h[0] * x + h[1] * y + h[2]) / w, v = (h[3] * x + h[4] * y + h[5]) / w;
          if (!(u > 3 && v > 3 && u < width_ - 4 && v < height_ - 4)) continue;
          const double gx = (sample(u + 0.5, v) - sample(u - 0.5, v)) / w, gy = (sample(u, v + 0.5) - sample(u, v - 0.5)) / w;
          const double t = a_[static_cast<std::size_t>(y) * width_ + x];
          const double r = gain * t + offset - sample(u, v);
          const double pull = -(gx * u + gy * v);
          double j[10] = {gx * x, gx * y, gx, gy * x, gy * y, gy, pull * x, pull * y, -t / 64, -1};
          for (int k = 0; k < 8; k++) j[k] *= unit[k];
          for (int p = 0; p < 10; p++) {
            for (int q = 0; q < 10; q++) m[p][q] += j[p] * j[q];
            m[p][10] += j[p] * r;
          }
        }
      }
      for (int c = 0; c < 10; c++) {
        int pivot = c;
        for (int r = c; r < 10; r++) {
          if (std::abs(m[r][c]) > std::abs(m[pivot][c])) pivot = r;
        }
        std::swap(m[c], m[pivot]);
        for (int r = 0; r < 10; r++) {
          if (r == c) continue;
          const double f = m[r][c] / m[c][c];
          for (int i = c; i < 11; i++) m[r][i] -= f * m[c][i];
        }
      }
      for (int k = 0; k < 8; k++) h[k] += m[k][10] / m[k][k] * unit[k];
      gain += m[8][10] / m[8][8] / 64;
      offset += m[9][10] / m[9][9];
    }
    return h;
  }

 private:
  std::vector<double> smooth(const Image& image) const {
    const double kernel[5] = {1, 4, 6, 4, 1};
    std::vector<double> out(static_cast<std::size_t>(width_) * height_);
    for (int y = 2; y < height_ - 2; y++) {
      for (int x = 2; x < width_ - 2; x++) {
        double sum = 0;
        for (int r = 0; r < 5; r++) {
          for (int c = 0; c < 5; c++) {
            sum += kernel[r] * kernel[c] * image.samples[static_cast<std::size_t>(y + r - 2) * width_ + x + c - 2];
          }
        }
        out[static_cast<std::size_t>(y) * width_ + x] = sum / 256;
      }
    }
    return out;
  }
  double sample(double x, double y) const {
    const int ix = static_cast<int>(x), iy = static_cast<int>(y);
    const double fx = x - ix, fy = y - iy;
    const double* p = b_.data() + static_cast<std::size_t>(iy) * width_ + ix;
    return (p[0] * (1 - fx) + p[1] * fx) * (1 - fy) + (p[width_] * (1 - fx) + p[width_ + 1] * fx) * fy;
  }

  int width_;
  int height_;
  std::vector<double> a_;
  std::vector<double> b_;
};

}  // namespace gimbal::scene
