#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "../homography/homography.hpp"
#include "../prepare/prepare.hpp"

// Pictures whose motion is known exactly: a continuous texture, evaluated wherever a pixel's samples fall. For tests and benchmarks.
namespace gimbal::synthetic {

inline std::uint32_t hash(std::uint32_t a) {
  a ^= a >> 16;
  a *= 0x7feb352du;
  a ^= a >> 15;
  a *= 0x846ca68bu;
  return a ^ (a >> 16);
}

/// −1..1 at an integer lattice point.
inline double lattice(int x, int y, std::uint32_t seed) {
  return hash(static_cast<std::uint32_t>(x) * 0x9e3779b9u ^ hash(static_cast<std::uint32_t>(y) + seed * 0x85ebca6bu)) / 2147483648.0 - 1;
}

/// Gradient-free value noise, twice continuously differentiable.
inline double noise(double x, double y, std::uint32_t seed) {
  const int ix = static_cast<int>(std::floor(x)), iy = static_cast<int>(std::floor(y));
  double fx = x - ix, fy = y - iy;
  fx = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
  fy = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
  const double a = lattice(ix, iy, seed), b = lattice(ix + 1, iy, seed);
  const double c = lattice(ix, iy + 1, seed), d = lattice(ix + 1, iy + 1, seed);
  return (a + (b - a) * fx) * (1 - fy) + (c + (d - c) * fx) * fy;
}

/// Luma 0..255 of an endless textured plane: octaves from 64 down to 4 pixels, with edges.
inline double texture(double x, double y, std::uint32_t seed) {
  double v = 0, amplitude = 1;
  for (int octave = 0; octave < 5; octave++) {
    const double f = (1 << octave) / 64.0;
    v += amplitude * noise(x * f + 17.3 * octave, y * f - 5.1 * octave, seed + octave);
    amplitude *= 0.72;
  }
  return 128 + 90 * std::tanh(v * 1.3);
}

struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> samples;
  Luma luma() const { return {samples.data(), width, height, width, 8, 0}; }
};

struct SceneOptions {
  std::uint32_t seed = 1;
  /// Fraction of the area, in the middle, that moves by itself, and how.
  double movingArea = 0;
  double movingX = 0, movingY = 0;
  double noise = 1.5;  ///< standard deviation of the sensor noise
  double gain = 1, offset = 0;
  double detail = 1;  ///< pixels per unit of texture
};

/// The scene seen through `fromScene` (scene → picture); `moved` also moves the object.
inline Image render(int width, int height, const Mat3& fromScene, bool moved, std::uint32_t noiseSeed, const SceneOptions& o) {
  Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height)};
  const Mat3 toScene = inverse(fromScene);
  const double half = std::sqrt(o.movingArea) / 2;
  const double dx = moved ? o.movingX : 0, dy = moved ? o.movingY : 0;
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      double sum = 0;
      for (int s = 0; s < 4; s++) {
        const double px = x + (s % 2 ? 0.25 : -0.25), py = y + (s / 2 ? 0.25 : -0.25);
        const double ox = px - dx, oy = py - dy;
        const bool object = std::fabs(ox / width - 0.5) < half && std::fabs(oy / height - 0.5) < half;
        if (object) {
          sum += texture(ox / o.detail, oy / o.detail, o.seed + 101);
        } else {
          const Point p = apply(toScene, px, py);
          sum += texture(p.x / o.detail, p.y / o.detail, o.seed);
        }
      }
      // Irwin-Hall: the sum of four uniforms is near enough to a Gaussian.
      double n = 0;
      for (std::uint32_t k = 0; k < 4; k++) n += hash((noiseSeed * 4 + k) * 2654435761u + static_cast<std::uint32_t>(y * width + x)) / 4294967296.0 - 0.5;
      const double v = (sum / 4) * o.gain + o.offset + n * o.noise * std::sqrt(3.0);
      image.samples[static_cast<std::size_t>(y) * width + x] = static_cast<std::uint8_t>(std::lround(std::fmin(255, std::fmax(0, v))));
    }
  }
  return image;
}

/// Shift, rotation (degrees), zoom and perspective about the frame's centre.
inline Mat3 motion(int width, int height, double tx, double ty, double degrees, double zoom, double px = 0, double py = 0) {
  const double cx = (width - 1) / 2.0, cy = (height - 1) / 2.0, a = degrees * 3.14159265358979 / 180;
  const double c = zoom * std::cos(a), s = zoom * std::sin(a);
  const Mat3 m = {c, -s, tx, s, c, ty, px, py, 1};
  return normalized(multiply(Mat3{1, 0, cx, 0, 1, cy, 0, 0, 1}, multiply(m, Mat3{1, 0, -cx, 0, 1, -cy, 0, 0, 1})));
}

/// Mean distance of the images of the four frame corners; `worst` gets the largest.
inline double cornerError(const Mat3& a, const Mat3& b, int width, int height, double* worst = nullptr) {
  double sum = 0, most = 0;
  for (int k = 0; k < 4; k++) {
    const double x = k == 1 || k == 2 ? width - 1 : 0, y = k >= 2 ? height - 1 : 0;
    const Point p = apply(a, x, y), q = apply(b, x, y);
    const double e = std::hypot(p.x - q.x, p.y - q.y);
    sum += e;
    most = std::fmax(most, e);
  }
  if (worst) *worst = most;
  return sum / 4;
}

/// Uniform −1..1 from a counter: the same cases everywhere.
inline double draw(std::uint32_t index) { return hash(index * 747796405u + 2891336453u) / 2147483648.0 - 1; }

}  // namespace gimbal::synthetic
