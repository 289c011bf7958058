#include <plane/plane.hpp>

// Included once per instruction set, after the matching Float8.
namespace {

constexpr int kBox = 7;

/// sums[x] += sign * products of row y, for the three distinct entries of the structure tensor.
inline void addRow(const float* dx, const float* dy, int w, float sign, float* xx, float* xy, float* yy) {
  const Float8 s = set8(sign);
  int x = 0;
  for (; x + 8 <= w; x += 8) {
    const Float8 a = load8(dx + x), b = load8(dy + x);
    const Float8 sa = mul8(a, s);
    store8(xx + x, mulAdd8(sa, a, load8(xx + x)));
    store8(xy + x, mulAdd8(sa, b, load8(xy + x)));
    store8(yy + x, mulAdd8(mul8(b, s), b, load8(yy + x)));
  }
  for (; x < w; x++) {
    xx[x] += (dx[x] * sign) * dx[x];
    xy[x] += (dx[x] * sign) * dy[x];
    yy[x] += (dy[x] * sign) * dy[x];
  }
}

inline Float8 box7(const float* p) {
  const Float8 a = add8(load8(p), load8(p + 1)), b = add8(load8(p + 2), load8(p + 3)), c = add8(load8(p + 4), load8(p + 5));
  return add8(add8(a, b), add8(c, load8(p + 6)));
}

inline Float8 minEigen(Float8 a, Float8 b, Float8 c) {
  const Float8 half = set8(0.5f / (kBox * kBox));
  const Float8 d = sub8(a, c), b2 = add8(b, b);
  return mul8(half, sub8(add8(a, c), sqrt8(mulAdd8(d, d, mul8(b2, b2)))));
}

/// `columns` holds 3 × (w + 16) floats.
inline void cornerStrengthPlane(gimbal::Plane<const float> dx, gimbal::Plane<const float> dy, gimbal::Plane<float> out,
                                float* columns) {
  const int w = out.width, h = out.height, r = kBox / 2, pitch = w + 16;
  float* xx = columns;
  float* xy = columns + pitch;
  float* yy = columns + 2 * pitch;
  for (int i = 0; i < 3 * pitch; i++) columns[i] = 0;
  for (int y = 0; y < h; y++) {
    float* o = out.row(y);
    if (y < r || y >= h - r || w < kBox) {
      for (int x = 0; x < w; x++) o[x] = 0;
      continue;
    }
    if (y == r) {
      for (int k = 0; k < kBox; k++) addRow(dx.row(k), dy.row(k), w, 1.0f, xx, xy, yy);
    } else {
      addRow(dx.row(y + r), dy.row(y + r), w, 1.0f, xx, xy, yy);
      addRow(dx.row(y - r - 1), dy.row(y - r - 1), w, -1.0f, xx, xy, yy);
    }
    for (int x = 0; x < r; x++) o[x] = o[w - 1 - x] = 0;
    int x = r;
    for (; x + 8 <= w - r; x += 8) store8(o + x, minEigen(box7(xx + x - r), box7(xy + x - r), box7(yy + x - r)));
    if (x < w - r) {
      float last[8];
      store8(last, minEigen(box7(xx + x - r), box7(xy + x - r), box7(yy + x - r)));
      for (int k = 0; x + k < w - r; k++) o[x + k] = last[k];
    }
  }
}

/// Largest of the given stretch of a row.
inline float rowMax(const float* p, int n, float best) {
  for (int i = 0; i < n; i++) best = p[i] > best ? p[i] : best;
  return best;
}

}  // namespace
