#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "../measure/random.hpp"
#include "align.hpp"

// Pictures whose motion is known exactly, for the test and the bench: an endless texture, evaluated where each pixel's samples
// fall. Shares no code with what it tests.
namespace gimbal::scene {

using Map = std::array<double, 9>;

inline std::array<double, 2> at(const Map& h, double x, double y) {
  const double w = h[6] * x + h[7] * y + h[8];
  return {(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w};
}

inline double lattice(std::int64_t x, std::int64_t y, std::uint64_t seed) {
  std::uint64_t z =
      static_cast<std::uint64_t>(x) * 0x9e3779b97f4a7c15u + static_cast<std::uint64_t>(y) * 0xc2b2ae3d27d4eb4fu + seed;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((z ^ (z >> 31)) >> 11) / 4503599627370496.0 - 1;
}

inline double valueNoise(double x, double y, std::uint64_t seed) {
  const double fx = std::floor(x), fy = std::floor(y);
  const auto fade = [](double t) { return t * t * t * (t * (t * 6 - 15) + 10); };
  const double u = fade(x - fx), v = fade(y - fy);
  const auto ix = static_cast<std::int64_t>(fx), iy = static_cast<std::int64_t>(fy);
  const double top = lattice(ix, iy, seed) * (1 - u) + lattice(ix + 1, iy, seed) * u;
  const double bottom = lattice(ix, iy + 1, seed) * (1 - u) + lattice(ix + 1, iy + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

/// Luma 0..255: octaves from 64 to 4 pixels, steepened to edges.
inline double texture(double x, double y, std::uint64_t seed) {
  double sum = 0, amplitude = 1;
  for (int octave = 0; octave < 5; octave++, amplitude *= 0.7) {
    const double f = (1 << octave) / 64.0;
    sum += amplitude * valueNoise(x * f + 11.7 * octave, y * f - 3.3 * octave, seed + 97 * octave);
  }
  return 128 + 95 * std::tanh(1.5 * sum);
}

struct Look {
  std::uint64_t seed = 1;
  double movingArea = 0;  // share of the frame, in the middle, that shows something else
  double movingX = 0, movingY = 0;
  double noise = 1.5;  // standard deviation, grey levels
  double gain = 1, offset = 0;
  double shade = 0;  // grey levels by which the right edge is darker than the left
  double blur = 0;   // pixels that the picture is smeared over
  double blurAngle = 0;
};

struct Image {
  int width, height;
  std::vector<std::uint8_t> samples;
  AlignLuma luma() const { return {samples.data(), width, height, width, 8, 0}; }
};

inline Image shoot(int width, int height, const Map& toScene, const Look& look, std::uint64_t noiseSeed) {
  Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height)};
  Random random(noiseSeed);
  const double half = std::sqrt(look.movingArea) / 2;
  const int smear = look.blur > 0 ? 9 : 1;
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      double sum = 0;
      for (int s = 0; s < 4 * smear; s++) {
        const double along = smear == 1 ? 0 : look.blur * ((s / 4) / 8.0 - 0.5);
        const double px = x + (s % 2 ? 0.25 : -0.25) + along * std::cos(look.blurAngle);
        const double py = y + (s / 2 % 2 ? 0.25 : -0.25) + along * std::sin(look.blurAngle);
        const double ox = px - look.movingX, oy = py - look.movingY;
        if (std::abs(ox / width - 0.5) < half && std::abs(oy / height - 0.5) < half) {
          sum += texture(ox, oy, look.seed + 5000);
        } else {
          const auto p = at(toScene, px, py);
          sum += texture(p[0], p[1], look.seed);
        }
      }
      double grain = 0;
      for (int k = 0; k < 4; k++) grain += random.real(-1, 1);
      const double value =
          sum / (4 * smear) * look.gain + look.offset - look.shade * x / width + grain * look.noise * std::sqrt(0.75);
      image.samples[static_cast<std::size_t>(y) * width + x] =
          static_cast<std::uint8_t>(std::lround(std::fmin(255, std::fmax(0, value))));
    }
  }
  return image;
}

inline Map times(const Map& a, const Map& b) {
  Map c{};
  for (int i = 0; i < 9; i++) {
    for (int k = 0; k < 3; k++) c[i] += a[i / 3 * 3 + k] * b[k * 3 + i % 3];
  }
  for (int i = 0; i < 9; i++) c[i] /= i == 8 ? 1 : c[8];
  c[8] = 1;
  return c;
}

/// Shift in pixels, rotation in degrees, zoom, about the middle of the picture, and its inverse.
inline Map camera(int width, int height, double tx, double ty, double degrees, double zoom) {
  const double a = degrees * 3.14159265358979 / 180, cx = (width - 1) / 2.0, cy = (height - 1) / 2.0;
  const double c = zoom * std::cos(a), s = zoom * std::sin(a);
  return times({1, 0, cx, 0, 1, cy, 0, 0, 1}, times({c, -s, tx, s, c, ty, 0, 0, 1}, {1, 0, -cx, 0, 1, -cy, 0, 0, 1}));
}
inline Map cameraBack(int width, int height, double tx, double ty, double degrees, double zoom) {
  const double a = degrees * 3.14159265358979 / 180, cx = (width - 1) / 2.0, cy = (height - 1) / 2.0;
  const double c = std::cos(a) / zoom, s = std::sin(a) / zoom;
  return times({1, 0, cx, 0, 1, cy, 0, 0, 1},
               times({c, s, -c * tx - s * ty, -s, c, s * tx - c * ty, 0, 0, 1}, {1, 0, -cx, 0, 1, -cy, 0, 0, 1}));
}

/// The homography that moves the corners of `h`'s picture by these eight numbers: elimination with pivots.
inline Map nudged(const Map& h, int width, int height, const double* by) {
  double m[8][9];
  for (int k = 0; k < 4; k++) {
    const double x = k % 2 ? width - 1 : 0, y = k / 2 ? height - 1 : 0;
    const auto p = at(h, x, y);
    const double u = p[0] + by[2 * k], v = p[1] + by[2 * k + 1];
    const double first[9] = {x, y, 1, 0, 0, 0, -u * x, -u * y, u}, second[9] = {0, 0, 0, x, y, 1, -v * x, -v * y, v};
    for (int i = 0; i < 9; i++) m[2 * k][i] = first[i], m[2 * k + 1][i] = second[i];
  }
  for (int c = 0; c < 8; c++) {
    int pivot = c;
    for (int r = c; r < 8; r++) {
      if (std::abs(m[r][c]) > std::abs(m[pivot][c])) pivot = r;
    }
    for (int i = 0; i < 9; i++) std::swap(m[c][i], m[pivot][i]);
    for (int r = 0; r < 8; r++) {
      if (r == c) continue;
      const double f = m[r][c] / m[c][c];
      for (int i = c; i < 9; i++) m[r][i] -= f * m[c][i];
    }
  }
  Map out;
  for (int i = 0; i < 8; i++) out[i] = m[i][8] / m[i][i];
  out[8] = 1;
  return out;
}

/// Mean distance of the images of the four corners.
inline double cornerError(const Map& a, const Map& b, int width, int height) {
  double sum = 0;
  for (int k = 0; k < 4; k++) {
    const auto p = at(a, k % 2 ? width - 1 : 0, k / 2 ? height - 1 : 0), q = at(b, k % 2 ? width - 1 : 0, k / 2 ? height - 1 : 0);
    sum += std::hypot(p[0] - q[0], p[1] - q[1]) / 4;
  }
  return sum;
}

/// A pair of pictures with its true motion and a start that is off by about `off` pixels at the corners.
struct Case {
  Image previous, current;
  Map truth, start;
};

inline Case draw(int width, int height, std::uint64_t seed, const Look& look, const Look& later, double off, double size = 1) {
  Random random(seed * 7919 + 1);
  const double tx = size * random.real(-12, 12), ty = size * random.real(-12, 12), turn = size * random.real(-3, 3);
  const double zoom = 1 + size * random.real(-0.03, 0.03);
  Case c{shoot(width, height, {1, 0, 0, 0, 1, 0, 0, 0, 1}, look, seed * 2 + 100),
         shoot(width, height, cameraBack(width, height, tx, ty, turn, zoom), later, seed * 2 + 101),
         camera(width, height, tx, ty, turn, zoom),
         {}};
  double by[8];
  for (int k = 0; k < 4; k++) {
    const double angle = random.real(0, 6.2831853);
    by[2 * k] = off * std::cos(angle);
    by[2 * k + 1] = off * std::sin(angle);
  }
  c.start = nudged(c.truth, width, height, by);
  return c;
}

}  // namespace gimbal::scene
