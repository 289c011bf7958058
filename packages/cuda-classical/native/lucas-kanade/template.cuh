#pragma once
#include "window.cuh"

// The template of patch.hpp, spread over a warp as window.cuh says.
namespace gimbal::device {

struct Template {
  float t[kWindow];
  float g[kWindow];  ///< this lane's gradient: along x in the first half of the warp, along y in the second
  float energy;
  float h[3];
  float inverse[3];
  bool ok;
};

/// Rows of this lane's column that lie inside the plane, a bit each; `inside` gets the number in the whole window.
__device__ inline unsigned windowMask(const View& p, float cx, float cy, int& inside) {
  const float left = cx - (kHalf - 0.5f), top = cy - (kHalf - 0.5f);
  const float right = static_cast<float>(p.width - 1), bottom = static_cast<float>(p.height - 1);
  const float x = left + static_cast<float>(column());
  unsigned rows = 0;
#pragma unroll
  for (int r = 0; r < kWindow; r++) {
    const float y = top + static_cast<float>(r);
    if (x >= 0 && y >= 0 && x <= right && y <= bottom) rows |= 1u << r;
  }
  int n = __popc(rows);
#pragma unroll
  for (int step = 8; step > 0; step /= 2) n += __shfl_xor_sync(kAll, n, step);
  // All four sides are asked for a whole window, as the CPU does: sums of floats round.
  const bool whole = left >= 0 && top >= 0 && left + kWindow - 1 <= right && top + kWindow - 1 <= bottom;
  inside = whole ? kWindow * kWindow : n;
  return whole ? 0xffffu : rows;
}

__device__ inline void applyMask(float (&v)[kWindow], unsigned rows) {
#pragma unroll
  for (int r = 0; r < kWindow; r++) v[r] *= rows >> r & 1u ? 1.0f : 0.0f;
}

__device__ inline float dot(const float (&a)[kWindow], const float (&b)[kWindow]) {
  float s = 0;
#pragma unroll
  for (int r = 0; r < kWindow; r++) s = a[r] * b[r] + s;
  return sumOfColumns(s);
}

/// With `raw`, this lane's gradients before projection are kept there.
__device__ inline void buildTemplate(const View& p, float cx, float cy, Template& out, float (*raw)[kWindow]) {
  const float x0 = cx - (kHalf + 0.5f), y0 = cy - (kHalf + 0.5f);
  const int ix = floorInt(x0), iy = floorInt(y0);
  const float* corner = p.samples + iy * p.pitch + ix;
  float own[kWindow + 2], beyond[kWindow + 2];
  sampleColumn(corner + column() + 1, p.pitch, x0 - ix, y0 - iy, own);
  // The columns left and right of the window, for the lanes at its sides.
  sampleColumn(corner + (column() < 8 ? 0 : kWindow + 1), p.pitch, x0 - ix, y0 - iy, beyond);
#pragma unroll
  for (int r = 0; r < kWindow; r++) {
    float left = __shfl_up_sync(kAll, own[r + 1], 1, 16), right = __shfl_down_sync(kAll, own[r + 1], 1, 16);
    if (column() == 0) left = beyond[r + 1];
    if (column() == kWindow - 1) right = beyond[r + 1];
    out.t[r] = own[r + 1];
    out.g[r] = 0.5f * (forY() ? own[r + 2] - own[r] : right - left);
  }
  int inside = 0;
  const unsigned rows = windowMask(p, cx, cy, inside);
  const bool partial = inside < kWindow * kWindow;
  out.ok = false;
  if (inside < kWindow * kWindow / 4) return;
  if (partial) {
    applyMask(out.t, rows);
    applyMask(out.g, rows);
  }
  if (raw != nullptr) {
#pragma unroll
    for (int r = 0; r < kWindow; r++) (*raw)[r] = out.g[r];
  }
  const float mean = sumOfRows(out.t) / static_cast<float>(inside);
#pragma unroll
  for (int r = 0; r < kWindow; r++) out.t[r] -= mean;
  if (partial) applyMask(out.t, rows);
  out.energy = dot(out.t, out.t);
  const float inv = out.energy > 1e-3f ? 1.0f / out.energy : 0.0f;
  const float meanG = sumOfRows(out.g) / static_cast<float>(inside);
  const float k = dot(out.t, out.g) * inv;
#pragma unroll
  for (int r = 0; r < kWindow; r++) out.g[r] = (out.g[r] - meanG) - k * out.t[r];
  if (partial) applyMask(out.g, rows);
  const float mine = dot(out.g, out.g);
  float both = 0;
#pragma unroll
  for (int r = 0; r < kWindow; r++) both = out.g[r] * __shfl_xor_sync(kAll, out.g[r], 16) + both;
  out.h[0] = ofX(mine);
  out.h[1] = sumOfColumns(both);
  out.h[2] = ofY(mine);
  const float det = out.h[0] * out.h[2] - out.h[1] * out.h[1];
  const float trace = out.h[0] + out.h[2];
  if (!(det > 1e-4f * trace * trace) || !(trace > 1e-2f)) return;
  out.inverse[0] = out.h[2] / det;
  out.inverse[1] = -out.h[1] / det;
  out.inverse[2] = out.h[0] / det;
  out.ok = true;
}

struct Step {
  float x, y;
};

/// The Gauss-Newton step that the window asks for.
__device__ inline Step stepOf(const Template& t, const float (&j)[kWindow]) {
  float s = 0;
#pragma unroll
  for (int r = 0; r < kWindow; r++) s = t.g[r] * j[r] + s;
  s = sumOfColumns(s);
  const float bx = ofX(s), by = ofY(s);
  return {t.inverse[0] * bx + t.inverse[1] * by, t.inverse[1] * bx + t.inverse[2] * by};
}

struct Fit {
  float residual, correlation;
};

__device__ inline Fit compare(const Template& t, const float (&j)[kWindow]) {
  const float n = kWindow * kWindow;
  const float mean = sumOfRows(j) / n;
  float product[kWindow];
#pragma unroll
  for (int r = 0; r < kWindow; r++) {
    const float d = j[r] - mean;
    product[r] = d * (forY() ? t.t[r] : d);
  }
  const float sum = sumOfRows(product);
  const float energy = ofX(sum), match = ofY(sum);
  if (!(t.energy > 1e-3f) || !(energy > 1e-3f)) return {0, 0};
  const float left = energy - match * match / t.energy;
  return {sqrtf(left > 0 ? left / n : 0), match / sqrtf(energy * t.energy)};
}

/// See Track::slopeX.
__device__ inline void slopes(const Template& t, const float (&raw)[kWindow], float* slopeX, float* slopeY) {
  const float across = static_cast<float>(column()) - 7.5f;
  float mx[2], my[2];  // with the raw gradient along x, then y; the template's is this lane's
#pragma unroll
  for (int k = 0; k < 2; k++) {
    float product[kWindow], ramped[kWindow];
    float sy = 0;
#pragma unroll
    for (int r = 0; r < kWindow; r++) {
      const float other = __shfl_xor_sync(kAll, raw[r], 16);
      const float d = forY() == (k == 1) ? raw[r] : other;
      product[r] = t.g[r] * d;
      ramped[r] = product[r] * across;
      sy = (product[r] + __shfl_xor_sync(kAll, product[r], 8)) * (static_cast<float>(r) - 7.5f) + sy;
    }
    mx[k] = sumOfRows(ramped);
    my[k] = sumOfEight(sy);
  }
#pragma unroll
  for (int c = 0; c < 2; c++) {
    const float ax = ofX(mx[c]), bx = ofY(mx[c]), ay = ofX(my[c]), by = ofY(my[c]);
    slopeX[c] = t.inverse[0] * ax + t.inverse[1] * bx;
    slopeX[2 + c] = t.inverse[1] * ax + t.inverse[2] * bx;
    slopeY[c] = t.inverse[0] * ay + t.inverse[1] * by;
    slopeY[2 + c] = t.inverse[1] * ay + t.inverse[2] * by;
  }
}

}  // namespace gimbal::device
