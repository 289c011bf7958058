#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "picture.hpp"

// Hot functions are compiled a second time for AVX2 where the compiler can choose at load time. No multiplication is fused with an addition, so
// both give the same bits.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__)
#define GIMBAL_WIDE __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define GIMBAL_WIDE
#endif

namespace gimbal::interpolate {

struct Point {
  double x;
  double y;
};

/// Where a 3×3 matrix, row-major, sends a point.
inline Point project(const double* m, double x, double y) {
  const double w = 1.0 / (m[6] * x + m[7] * y + m[8]);
  return {(m[0] * x + m[1] * y + m[2]) * w, (m[3] * x + m[4] * y + m[5]) * w};
}

/// A coordinate that may be anything, also not a number, held within what an int can take.
inline double bounded(double v) { return v > -1e6 ? (v < 1e6 ? v : 1e6) : -1e6; }

template <class T>
inline float codeAt(const Samples& s, int shift, int x, int y) {
  return static_cast<float>(reinterpret_cast<const T*>(s.data + y * s.stride)[x * s.step] >> shift);
}

/// Bilinear, the last sample counting beyond the border; in code values.
template <class T>
inline float bilinear(const Samples& s, int shift, double px, double py) {
  const double x = std::clamp(px, 0.0, s.width - 1.0), y = std::clamp(py, 0.0, s.height - 1.0);
  const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
  const int x1 = std::min(x0 + 1, s.width - 1), y1 = std::min(y0 + 1, s.height - 1);
  const float fx = static_cast<float>(x - x0), fy = static_cast<float>(y - y0);
  const float top = codeAt<T>(s, shift, x0, y0) * (1 - fx) + codeAt<T>(s, shift, x1, y0) * fx;
  const float low = codeAt<T>(s, shift, x0, y1) * (1 - fx) + codeAt<T>(s, shift, x1, y1) * fx;
  return top * (1 - fy) + low * fy;
}

/// Keys' cubic weights (1981) with a = -0.75, as the network was trained with.
inline void cubicWeights(float f, float* w) {
  constexpr float a = -0.75f;
  const auto near = [](float v) { return ((a + 2) * v - (a + 3)) * v * v + 1; };
  const auto far = [](float v) { return ((a * v - 5 * a) * v + 8 * a) * v - 4 * a; };
  w[0] = far(f + 1);
  w[1] = near(f);
  w[2] = near(1 - f);
  w[3] = far(2 - f);
}

/// Bicubic, the last sample counting beyond the border; in code values.
template <class T>
inline float bicubic(const Samples& s, int shift, double px, double py) {
  const double bx = std::floor(px), by = std::floor(py);
  const int x0 = static_cast<int>(bx), y0 = static_cast<int>(by);
  float wx[4], wy[4];
  cubicWeights(static_cast<float>(px - bx), wx);
  cubicWeights(static_cast<float>(py - by), wy);
  float sum = 0;
  if (x0 >= 1 && y0 >= 1 && x0 + 2 < s.width && y0 + 2 < s.height) {
    for (int j = 0; j < 4; j++) {
      const T* row = reinterpret_cast<const T*>(s.data + (y0 - 1 + j) * s.stride) + (x0 - 1) * s.step;
      float line = 0;
      for (int i = 0; i < 4; i++) line += wx[i] * static_cast<float>(row[i * s.step] >> shift);
      sum += wy[j] * line;
    }
    return sum;
  }
  for (int j = 0; j < 4; j++) {
    const int y = std::clamp(y0 - 1 + j, 0, s.height - 1);
    float line = 0;
    for (int i = 0; i < 4; i++) line += wx[i] * codeAt<T>(s, shift, std::clamp(x0 - 1 + i, 0, s.width - 1), y);
    sum += wy[j] * line;
  }
  return sum;
}

/// A pixel of luma as a place in a plane of this size that covers the same picture.
inline double inPlane(double v, int luma, int plane) { return (v + 0.5) * plane / luma - 0.5; }

}  // namespace gimbal::interpolate
