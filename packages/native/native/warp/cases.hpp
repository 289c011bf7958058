// Sizes, transforms, layouts and contents chosen to hurt, for both paths of the warp.
#pragma once
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../measure/random.hpp"
#include "warp.hpp"

namespace gimbal {

struct Depth {
  int bits;
  int shift;
};

struct Case {
  int srcWidth, srcHeight, dstWidth, dstHeight, channels;
  Siting siting;
  WarpOptions options;
  std::string name;
};

inline void run(Plane<const std::uint8_t> src, Depth, Plane<std::uint8_t> dst, const Case& c, const WarpField& f, const WarpOptions& o) {
  warp(src, dst, c.channels, f, c.siting, o);
}
inline void run(Plane<const std::uint16_t> src, Depth d, Plane<std::uint16_t> dst, const Case& c, const WarpField& f, const WarpOptions& o) {
  warp(src, d.bits, d.shift, dst, c.channels, f, c.siting, o);
}

enum class Content { noise, saturated, extremes, flat };

/// `count` samples in whole words, the shift applied.
template <class S>
void fillSamples(S* data, std::size_t count, Depth depth, Content content, Random& random) {
  const int most = (1 << depth.bits) - 1;
  const int level = random.whole(0, most);
  for (std::size_t i = 0; i < count; i++) {
    int value = random.whole(0, most);
    if (content == Content::saturated) value = most;
    if (content == Content::extremes) value = value > most / 2 ? most : 0;
    if (content == Content::flat) value = level;
    data[i] = static_cast<S>(value << depth.shift);
  }
}

/// Both sample sizes, one and two channels: `check(sample of the type, case, depth, field, content, exact)`.
template <class Check>
void eachLayout(const Check& check, Case c, const WarpField& field, Content content, bool exact = false) {
  const std::string name = c.name + " " + std::to_string(c.srcWidth) + "x" + std::to_string(c.srcHeight) + " -> " +
                           std::to_string(c.dstWidth) + "x" + std::to_string(c.dstHeight) + " kernel " +
                           std::to_string(static_cast<int>(c.options.interpolation)) + " border " +
                           std::to_string(static_cast<int>(c.options.border));
  for (const int channels : {1, 2}) {
    c.channels = channels;
    for (const Depth depth : {Depth{8, 0}, Depth{10, 0}, Depth{10, 6}, Depth{12, 4}, Depth{16, 0}}) {
      c.name = name + " channels " + std::to_string(channels) + " bits " + std::to_string(depth.bits);
      c.options.fill = depth.bits == 8 ? 16 : 1 << (depth.bits - 4);
      if (depth.bits == 8) {
        check(std::uint8_t{}, c, depth, field, content, exact);
      } else {
        check(std::uint16_t{}, c, depth, field, content, exact);
      }
    }
  }
}

using Matrix = std::vector<double>;

/// Rotation, zoom, shift and perspective about the middle of a `w x h` picture.
inline Matrix motion(double w, double h, double degrees, double zoom, double dx, double dy, double px, double py) {
  const double angle = degrees * std::acos(-1.0) / 180;
  const double a = zoom * std::cos(angle);
  const double b = zoom * std::sin(angle);
  const double x = w / 2;
  const double y = h / 2;
  return {a, -b, x - a * x + b * y + dx, b, a, y - b * x - a * y + dy, px, py, 1 - px * x - py * y};
}

template <class Check>
void wholeShifts(const Check& check) {
  for (const auto& [dx, dy] : {std::pair{0, 0}, {3, -2}, {-17, 5}, {64, 64}, {-1, 0}, {500, -500}}) {
    const Matrix h{1, 0, static_cast<double>(dx), 0, 1, static_cast<double>(dy), 0, 0, 1};
    for (int k = 0; k < 3; k++) {
      for (int b = 0; b < 3; b++) {
        const Case c{83, 41, 83, 41, 1, {}, {static_cast<Interpolation>(k), static_cast<Border>(b)}, "whole shift"};
        eachLayout(check, c, {1, 1, h.data(), 83, 41}, Content::extremes, true);
      }
    }
  }
}

template <class Check>
void randomMotions(const Check& check, Random& random) {
  const int sizes[][2] = {{1, 1}, {1, 40}, {40, 1}, {2, 2}, {3, 5}, {16, 16}, {17, 9}, {33, 31}, {97, 45}, {130, 70}};
  for (int i = 0; i < 110; i++) {
    const auto& s = sizes[i % 10];
    const auto& d = sizes[(i * 7 + i / 10) % 10];
    const double wild = i % 4 == 3 ? 1 : 0;
    const double turn = i % 11 == 5 ? 90 : (wild > 0 ? 180 : 3);
    const double tilt = wild > 0 ? 0.05 : (i % 3 == 1 ? 1e-3 : 1e-6);
    const Matrix h = motion(s[0], s[1], random.real(-turn, turn), wild > 0 ? std::exp(random.real(-2, 2)) : random.real(0.9, 1.1),
                            random.real(-9, 9), random.real(-9, 9), random.real(-tilt, tilt), random.real(-tilt, tilt));
    Case c{s[0], s[1], d[0], d[1], 1, {}, {static_cast<Interpolation>(i % 3), static_cast<Border>(i / 3 % 3)}, "motion " + std::to_string(i)};
    if (i % 5 == 4) c.siting = {2, i % 2 == 0 ? 2.0 : 1.0, 0, i % 2 == 0 ? 0.5 : 0};
    eachLayout(check, c, {1, 1, h.data(), d[0], d[1]}, static_cast<Content>(i % 4));
  }
}

/// What a steady camera asks for, in frames of all widths around that of a register, up to their very borders and a little beyond.
template <class Check>
void steadyMotions(const Check& check, Random& random) {
  for (int i = 0; i < 60; i++) {
    const int w = random.whole(16, i % 2 == 0 ? 90 : 400);
    const int h = random.whole(4, 24);
    const double zoom = i % 6 == 5 ? random.real(1, 4) : random.real(0.9, 1.02);
    const Matrix m = motion(w, h, random.real(-4, 4), zoom, random.real(-3, 3), random.real(-3, 3), random.real(-1e-5, 1e-5),
                            random.real(-1e-5, 1e-5));
    const Case c{w, h, w, h, 1, {}, {static_cast<Interpolation>(i % 3), static_cast<Border>(i / 3 % 3)}, "steady " + std::to_string(i)};
    eachLayout(check, c, {1, 1, m.data(), w, h}, static_cast<Content>(i % 3));
  }
}

/// Perspective so strong that on some rows straight pieces stand for the curve and on others they do not, and stronger.
template <class Check>
void bentMotions(const Check& check, Random& random) {
  for (int i = 0; i < 12; i++) {
    const double across = i % 4 == 3 ? 3e-4 : random.real(2e-5, 4e-5);
    const Matrix m = motion(200, 150, random.real(-2, 2), random.real(0.85, 1), random.real(-9, 9), random.real(-9, 9), across,
                            1e-3);
    const WarpOptions options{static_cast<Interpolation>(i % 3), static_cast<Border>(i / 3 % 3)};
    const Case c{200, 150, 200, 150, 1, {}, options, "bent " + std::to_string(i)};
    eachLayout(check, c, {1, 1, m.data(), 200, 150}, Content::noise);
  }
}

template <class Check>
void meshes(const Check& check, Random& random) {
  for (int i = 0; i < 30; i++) {
    const int rows = random.whole(1, 6);
    const int cols = i % 7 == 0 ? 1 : random.whole(1, 6);
    const int w = random.whole(1, 200);
    const int h = random.whole(1, 50);
    Matrix grid;
    for (int cell = 0; cell < rows * cols; cell++) {
      const Matrix m = motion(w, h, random.real(-2, 2), random.real(0.95, 1.05), random.real(-2, 2), random.real(-2, 2),
                              random.real(-1e-4, 1e-4), random.real(-1e-4, 1e-4));
      grid.insert(grid.end(), m.begin(), m.end());
    }
    Case c{w, h, w, h, 1, {}, {static_cast<Interpolation>(i % 3), static_cast<Border>(i / 3 % 3)}, "mesh " + std::to_string(i)};
    int lumaWidth = w;
    int lumaHeight = h;
    if (i % 2 == 1) {
      c.siting = {2, 2, 0, 0.5};
      lumaWidth *= 2;
      lumaHeight *= 2;
    }
    eachLayout(check, c, {rows, cols, grid.data(), lumaWidth, lumaHeight}, static_cast<Content>(i % 4));
  }
}

/// Bands of rows or of columns, each moved a little more than the one before: what a rolling shutter asks for.
template <class Check>
void readouts(const Check& check, Random& random) {
  constexpr int bands = 24;
  for (int i = 0; i < 18; i++) {
    const bool byRows = i % 3 != 2;
    const int w = random.whole(30, 260);
    const int h = random.whole(20, 90);
    const double sway = random.real(-6, 6);
    const double bend = random.real(-4, 4);
    const double turn = random.real(-1, 1);
    Matrix grid;
    for (int band = 0; band < bands; band++) {
      const double s = (band + 0.5) / bands - 0.5;
      const Matrix m = motion(w, h, 2 + turn * s, 0.9 + 0.02 * s, sway * s + bend * s * s, bend * s - sway * s * s, 1e-5 * s, -2e-5 * s);
      grid.insert(grid.end(), m.begin(), m.end());
    }
    Case c{w, h, w, h, 1, {}, {static_cast<Interpolation>(i % 3), static_cast<Border>(i / 3 % 3)}, "readout " + std::to_string(i)};
    int lumaWidth = w;
    int lumaHeight = h;
    if (i % 2 == 1) {
      c.siting = {2, 2, 0, 0.5};
      lumaWidth *= 2;
      lumaHeight *= 2;
    }
    eachLayout(check, c, {byRows ? bands : 1, byRows ? 1 : bands, grid.data(), lumaWidth, lumaHeight}, static_cast<Content>(i % 4));
  }
}

}  // namespace gimbal
