#include <cmath>

#include "sample.hpp"

// The inner loops of the tracker. Included once per instruction set, after the matching Float8.
namespace {

constexpr int kPitch = 24;  // of a sampled block

/// One window of the previous frame: samples with their mean removed, gradients with mean and contrast projected out.
struct Template {
  alignas(32) float t[kArea];
  alignas(32) float gx[kArea];
  alignas(32) float gy[kArea];
  float energy;  // Σ t²
  float h[3];    // Σ g gᵀ
  float inverse[3];
  bool ok = false;
};

struct Sums {
  float gx, gy;  // Σ g·J
};

struct Fit {
  float residual;
  float correlation;
};

/// 1 where a sample of the window lies inside the plane, 0 where it hangs out. Returns the number inside; the mask is written
/// only when that is less than all.
inline int windowMask(const gimbal::Plane<const float>& p, float cx, float cy, float* mask) {
  const float left = cx - (kHalf - 0.5f), top = cy - (kHalf - 0.5f);
  const float right = static_cast<float>(p.width - 1), bottom = static_cast<float>(p.height - 1);
  if (left >= 0 && top >= 0 && left + kWindow - 1 <= right && top + kWindow - 1 <= bottom) return kArea;
  int n = 0;
  for (int r = 0; r < kWindow; r++) {
    for (int c = 0; c < kWindow; c++) {
      const float x = left + c, y = top + r;
      const bool in = x >= 0 && y >= 0 && x <= right && y <= bottom;
      mask[r * kWindow + c] = in ? 1.0f : 0.0f;
      n += in;
    }
  }
  return n;
}

inline void applyMask(float* values, const float* mask) {
  for (int i = 0; i < kArea; i += 8) store8(values + i, mul8(load8(values + i), load8(mask + i)));
}

/// Σ a over the window.
inline float total(const float* a) {
  Float8 s = set8(0);
  for (int i = 0; i < kArea; i += 8) s = add8(s, load8(a + i));
  return sum8(s);
}

/// Σ a·b over the window.
inline float dot(const float* a, const float* b) {
  Float8 s0 = set8(0), s1 = s0;
  for (int i = 0; i < kArea; i += 16) {
    s0 = mulAdd8(load8(a + i), load8(b + i), s0);
    s1 = mulAdd8(load8(a + i + 8), load8(b + i + 8), s1);
  }
  return sum8(add8(s0, s1));
}

/// Builds the template whose centre is (cx, cy). With `raw`, the gradients before projection are kept there (gx, then gy).
inline void buildTemplate(const gimbal::Plane<const float>& p, float cx, float cy, Template& out, float* raw) {
  alignas(32) float block[(kWindow + 2) * kPitch];
  sampleBilinear<3, kWindow + 2>(p, cx - (kHalf + 0.5f), cy - (kHalf + 0.5f), block, kPitch);
  const Float8 half = set8(0.5f);
  for (int r = 0; r < kWindow; r++) {
    const float* m = block + (r + 1) * kPitch + 1;
    for (int k = 0; k < kWindow; k += 8) {
      store8(out.t + r * kWindow + k, load8(m + k));
      store8(out.gx + r * kWindow + k, mul8(half, sub8(load8(m + k + 1), load8(m + k - 1))));
      store8(out.gy + r * kWindow + k, mul8(half, sub8(load8(m + k + kPitch), load8(m + k - kPitch))));
    }
  }
  alignas(32) float mask[kArea];
  const int inside = windowMask(p, cx, cy, mask);
  const bool partial = inside < kArea;
  out.ok = false;
  if (inside < kArea / 4) return;
  if (partial) {
    applyMask(out.t, mask);
    applyMask(out.gx, mask);
    applyMask(out.gy, mask);
  }
  if (raw != nullptr) {
    for (int i = 0; i < kArea; i += 8) {
      store8(raw + i, load8(out.gx + i));
      store8(raw + kArea + i, load8(out.gy + i));
    }
  }
  const Float8 mean = set8(total(out.t) / inside);
  for (int i = 0; i < kArea; i += 8) store8(out.t + i, sub8(load8(out.t + i), mean));
  if (partial) applyMask(out.t, mask);
  out.energy = dot(out.t, out.t);
  const float inv = out.energy > 1e-3f ? 1.0f / out.energy : 0.0f;
  const Float8 meanX = set8(total(out.gx) / inside), meanY = set8(total(out.gy) / inside);
  const Float8 kx = set8(dot(out.t, out.gx) * inv), ky = set8(dot(out.t, out.gy) * inv);
  for (int i = 0; i < kArea; i += 8) {
    const Float8 t = load8(out.t + i);
    store8(out.gx + i, sub8(sub8(load8(out.gx + i), meanX), mul8(kx, t)));
    store8(out.gy + i, sub8(sub8(load8(out.gy + i), meanY), mul8(ky, t)));
  }
  if (partial) {
    applyMask(out.gx, mask);
    applyMask(out.gy, mask);
  }
  out.h[0] = dot(out.gx, out.gx);
  out.h[1] = dot(out.gx, out.gy);
  out.h[2] = dot(out.gy, out.gy);
  const float det = out.h[0] * out.h[2] - out.h[1] * out.h[1];
  const float trace = out.h[0] + out.h[2];
  // Both eigenvalues must stand clear of rounding; a flat or one-dimensional window says nothing.
  if (!(det > 1e-4f * trace * trace) || !(trace > 1e-2f)) return;
  out.inverse[0] = out.h[2] / det;
  out.inverse[1] = -out.h[1] / det;
  out.inverse[2] = out.h[0] / det;
  out.ok = true;
}

/// Σ g·J: the gradients carry neither mean nor contrast of the template, so J − T need not be formed.
inline Sums project(const Template& t, const float* j) {
  Float8 x0 = set8(0), x1 = x0, y0 = x0, y1 = x0;
  for (int i = 0; i < kArea; i += 16) {
    const Float8 a = load8(j + i), b = load8(j + i + 8);
    x0 = mulAdd8(load8(t.gx + i), a, x0);
    y0 = mulAdd8(load8(t.gy + i), a, y0);
    x1 = mulAdd8(load8(t.gx + i + 8), b, x1);
    y1 = mulAdd8(load8(t.gy + i + 8), b, y1);
  }
  return {sum8(add8(x0, x1)), sum8(add8(y0, y1))};
}

inline Fit compare(const Template& t, const float* j) {
  Float8 s = set8(0), jt = s;
  for (int i = 0; i < kArea; i += 8) s = add8(s, load8(j + i));
  const float n = kArea;
  const Float8 mean = set8(sum8(s) / n);
  Float8 jj = set8(0);
  for (int i = 0; i < kArea; i += 8) {
    const Float8 d = sub8(load8(j + i), mean);
    jj = mulAdd8(d, d, jj);
    jt = mulAdd8(d, load8(t.t + i), jt);
  }
  const float energy = sum8(jj), match = sum8(jt);
  if (!(t.energy > 1e-3f) || !(energy > 1e-3f)) return {0, 0};
  const float left = energy - match * match / t.energy;
  return {std::sqrt(left > 0 ? left / n : 0), match / std::sqrt(energy * t.energy)};
}

}  // namespace
