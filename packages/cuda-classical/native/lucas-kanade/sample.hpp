#include <cstddef>
#include <plane/plane.hpp>

// Interpolated samples of a plane. Included once per instruction set, after the matching Float8.
namespace {

constexpr int kWindow = 16;
constexpr int kHalf = kWindow / 2;
constexpr int kArea = kWindow * kWindow;

inline int floorInt(float v) {
  const int i = static_cast<int>(v);
  return v < static_cast<float>(i) ? i - 1 : i;
}

/// rows × (8·vectors) bilinear samples, the first at (x, y).
template <int kVectors, int kRows>
inline void sampleBilinear(const gimbal::Plane<const float>& p, float x, float y, float* out, int pitch) {
  const int ix = floorInt(x), iy = floorInt(y);
  const float fx = x - ix, fy = y - iy;
  const Float8 wx = set8(fx), wy = set8(fy);
  const float* row = p.row(iy) + ix;
  const auto stride = p.stride / static_cast<std::ptrdiff_t>(sizeof(float));
  Float8 above[kVectors];
  for (int k = 0; k < kVectors; k++) {
    const Float8 a = load8(row + 8 * k);
    above[k] = mulAdd8(sub8(load8(row + 8 * k + 1), a), wx, a);
  }
  for (int r = 0; r < kRows; r++) {
    row += stride;
    for (int k = 0; k < kVectors; k++) {
      const Float8 a = load8(row + 8 * k);
      const Float8 here = mulAdd8(sub8(load8(row + 8 * k + 1), a), wx, a);
      store8(out + r * pitch + 8 * k, mulAdd8(sub8(here, above[k]), wy, above[k]));
      above[k] = here;
    }
  }
}

/// Weights of the six-tap Lagrange interpolator at fraction f between taps 2 and 3: exact for quintics, so its phase stays true
/// for the frequencies that survive the analysis blur (bilinear and Catmull-Rom pull towards whole pixels).
inline void lagrange6(float f, float* w) {
  const float a = f + 2, b = f + 1, c = f, d = f - 1, e = f - 2, g = f - 3;
  w[0] = -b * c * d * e * g / 120;
  w[1] = a * c * d * e * g / 24;
  w[2] = -a * b * d * e * g / 12;
  w[3] = a * b * c * e * g / 12;
  w[4] = -a * b * c * d * g / 24;
  w[5] = a * b * c * d * e / 120;
}

/// 16×16 six-tap samples, the first at (x, y).
inline void sampleSixTap(const gimbal::Plane<const float>& p, float x, float y, float* out) {
  const int ix = floorInt(x), iy = floorInt(y);
  float wx[6], wy[6];
  lagrange6(x - ix, wx);
  lagrange6(y - iy, wy);
  alignas(32) float mid[(kWindow + 5) * kWindow];
  for (int r = 0; r < kWindow + 5; r++) {
    const float* row = p.row(iy - 2 + r) + ix - 2;
    Float8 a = mul8(load8(row), set8(wx[0])), b = mul8(load8(row + 8), set8(wx[0]));
    for (int k = 1; k < 6; k++) {
      const Float8 w = set8(wx[k]);
      a = mulAdd8(load8(row + k), w, a);
      b = mulAdd8(load8(row + k + 8), w, b);
    }
    store8(mid + r * kWindow, a);
    store8(mid + r * kWindow + 8, b);
  }
  for (int r = 0; r < kWindow; r++) {
    const float* row = mid + r * kWindow;
    Float8 a = mul8(load8(row), set8(wy[0])), b = mul8(load8(row + 8), set8(wy[0]));
    for (int k = 1; k < 6; k++) {
      const Float8 w = set8(wy[k]);
      a = mulAdd8(load8(row + k * kWindow), w, a);
      b = mulAdd8(load8(row + k * kWindow + 8), w, b);
    }
    store8(out + r * kWindow, a);
    store8(out + r * kWindow + 8, b);
  }
}

}  // namespace
