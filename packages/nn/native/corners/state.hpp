#pragma once
#include <cmath>

#include "../tensor/tensor.hpp"

// A pair whose homography is refined: sixteen numbers that stay on the device between the steps, and what every path does with them.
// Coordinates are pixels of a square picture whose opposite corners' centres lie `extent` apart; corners in the order TL, TR, BL, BR.
namespace gimbal::nn {

constexpr int stateNumbers = 16;
constexpr int stateSettled = 8;    // the stride at which further steps would bring nothing; 0: none
constexpr int stateFinished = 9;   // 1: the finest strides are left out too
constexpr int stateSpread = 10;    // expected error after the last step, pixels
constexpr int stateEarlyExit = 11;     // 1: steps may be left out
constexpr int stateTolerance = 12; // expected error that ends the refinement; 0: none
constexpr int recordNumbers = 9;   // of a step: eight of the corners, and the expected error

struct Geometry {
  float stride = 1;
  float extent = 127;
};

/// x' = (a u + b v + c) / (g u + h v + 1), y' likewise, with (u, v) = pixel / extent: the unit square onto the displaced corners, in closed
/// form. Heckbert, "Fundamentals of Texture Mapping" (1989), section 2.2.3. Folded quads are kept finite.
struct UnitHomography {
  float a, b, c, d, e, f, g, h;

  GIMBAL_HOST_DEVICE UnitHomography(const float* corners, float extent) {
    const float x0 = corners[0], y0 = corners[1], x1 = extent + corners[2], y1 = corners[3];
    const float x3 = corners[4], y3 = extent + corners[5], x2 = extent + corners[6], y2 = extent + corners[7];
    const float dx1 = x1 - x2, dy1 = y1 - y2, dx2 = x3 - x2, dy2 = y3 - y2;
    const float sx = x0 - x1 + x2 - x3, sy = y0 - y1 + y2 - y3;
    const float least = -0.02f * extent * extent;
    float den = dx1 * dy2 - dx2 * dy1;
    den = den < least ? den : least;
    g = (sx * dy2 - dx2 * sy) / den;
    h = (dx1 * sy - sx * dy1) / den;
    a = x1 - x0 + g * x1, b = x3 - x0 + h * x3, c = x0;
    d = y1 - y0 + g * y1, e = y3 - y0 + h * y3, f = y0;
  }

  GIMBAL_HOST_DEVICE void project(float u, float v, float& x, float& y) const {
    float w = g * u + h * v + 1;
    w = w > 0.05f ? w : 0.05f;
    x = (a * u + b * v + c) / w;
    y = (d * u + e * v + f) / w;
  }
};

GIMBAL_HOST_DEVICE inline bool isInside(float x, float y, float extent) {
  return x > -0.5f && x < extent + 0.5f && y > -0.5f && y < extent + 0.5f;
}

/// The step was left out: what was known before is recorded again.
GIMBAL_HOST_DEVICE inline void repeatStep(const float* state, float* record) {
  for (int k = 0; k < 8; k++) record[k] = state[k];
  record[8] = state[stateSpread];
}

/// Composes a motion of the corners on the first frame's grid with what was known, records it, and decides which steps are left out
/// (packages/ihn/src/network/earlyStopping.ts has the same rules for the CPU). `spread` is the expected error in pixels.
GIMBAL_HOST_DEVICE inline void updateState(float* state, float* record, const float* motion, float spread, const Geometry& geometry, float reach) {
  const UnitHomography homography(state, geometry.extent);
  constexpr float coarse = 4, smallMove = 0.3f, smallSpread = 0.1f;
  bool settled = state[stateEarlyExit] != 0 && geometry.stride >= coarse && spread < smallSpread * geometry.stride;
  for (int k = 0; k < 4; k++) {
    const float x = k % 2 ? geometry.extent : 0, y = k / 2 ? geometry.extent : 0;
    float px, py;
    homography.project((x + motion[2 * k]) / geometry.extent, (y + motion[2 * k + 1]) / geometry.extent, px, py);
    const float moved[2] = {px - x, py - y};
    float distance = 0;
    for (int i = 0; i < 2; i++) {
      const float kept = moved[i] < -reach ? -reach : moved[i] > reach ? reach : moved[i];
      const float before = state[2 * k + i];
      distance += (kept - before) * (kept - before);
      state[2 * k + i] = record[2 * k + i] = kept;
    }
    if (!(sqrtf(distance) < smallMove * geometry.stride)) settled = false;
  }
  state[stateSpread] = record[8] = spread;
  if (settled) state[stateSettled] = geometry.stride;
  if (state[stateEarlyExit] != 0 && geometry.stride < coarse && spread < state[stateTolerance]) state[stateFinished] = 1;
}

/// An expected error from what a network puts out for it: 0.001 to 100 pixels.
GIMBAL_HOST_DEVICE inline float spreadOf(float x) { return expf(x < -6.9f ? -6.9f : x > 4.6f ? 4.6f : x); }

GIMBAL_HOST_DEVICE inline float sigmoid(float x) { return 1 / (1 + expf(-x)); }

GIMBAL_HOST_DEVICE inline float softplus(float x) { return x > 20 ? x : log1pf(expf(x)); }

}  // namespace gimbal::nn
