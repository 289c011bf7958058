#include "lucas-kanade.hpp"
#include "patch.hpp"

// The way of one point through the pyramid. Included once per instruction set, after the matching Float8.
namespace {

struct Position {
  float x, y;
};

/// Windows may hang out of the plane, but their centre not by more than this.
constexpr float kOverhang = 4;

inline bool reachable(const gimbal::Plane<const float>& p, Position at) {
  return at.x > -kOverhang && at.y > -kOverhang && at.x < p.width - 1 + kOverhang && at.y < p.height - 1 + kOverhang;
}

inline void sampleWindow(const gimbal::Plane<const float>& p, Position at, float* out) {
  sampleBilinear<2, kWindow>(p, at.x - (kHalf - 0.5f), at.y - (kHalf - 0.5f), out, kWindow);
}

/// Gauss-Newton steps from `at` until one is shorter than `enough`; false when the point runs away.
inline bool descend(const Template& t, const gimbal::Plane<const float>& p, Position& at, int iterations, float enough,
                    float* window) {
  const Position start = at;
  for (int i = 0; i < iterations; i++) {
    if (!reachable(p, at)) return false;
    sampleWindow(p, at, window);
    const Sums b = project(t, window);
    const float dx = t.inverse[0] * b.gx + t.inverse[1] * b.gy;
    const float dy = t.inverse[1] * b.gx + t.inverse[2] * b.gy;
    at.x -= dx;
    at.y -= dy;
    const float gone = (at.x - start.x) * (at.x - start.x) + (at.y - start.y) * (at.y - start.y);
    if (!(gone < kWindow * kWindow / 2.0f)) return false;
    if (dx * dx + dy * dy < enough * enough) break;
  }
  return true;
}

/// Σ (offset) g rawᵀ over the window, times (Σ g gᵀ)⁻¹.
inline void slopes(const Template& t, const float* raw, float* slopeX, float* slopeY) {
  float mx[4] = {0, 0, 0, 0}, my[4] = {0, 0, 0, 0};
  const float ramp[16] = {-7.5f, -6.5f, -5.5f, -4.5f, -3.5f, -2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f, 6.5f, 7.5f};
  const Float8 rampA = load8(ramp), rampB = load8(ramp + 8);
  for (int k = 0; k < 4; k++) {
    const float* g = k < 2 ? t.gx : t.gy;
    const float* d = raw + (k & 1) * kArea;
    Float8 sx = set8(0), sy = set8(0);
    for (int r = 0; r < kWindow; r++) {
      const Float8 a = mul8(load8(g + r * kWindow), load8(d + r * kWindow));
      const Float8 b = mul8(load8(g + r * kWindow + 8), load8(d + r * kWindow + 8));
      sx = mulAdd8(b, rampB, mulAdd8(a, rampA, sx));
      sy = mulAdd8(add8(a, b), set8(ramp[r]), sy);
    }
    mx[k] = sum8(sx);
    my[k] = sum8(sy);
  }
  for (int c = 0; c < 2; c++) {
    slopeX[c] = t.inverse[0] * mx[c] + t.inverse[1] * mx[2 + c];
    slopeX[2 + c] = t.inverse[1] * mx[c] + t.inverse[2] * mx[2 + c];
    slopeY[c] = t.inverse[0] * my[c] + t.inverse[1] * my[2 + c];
    slopeY[2 + c] = t.inverse[1] * my[c] + t.inverse[2] * my[2 + c];
  }
}

inline Position guessed(const gimbal::Mat3& h, const gimbal::Track& track, float scale) {
  const float w = static_cast<float>(h[6] * track.x + h[7] * track.y + h[8]);
  return {static_cast<float>(h[0] * track.x + h[1] * track.y + h[2]) / w * scale,
          static_cast<float>(h[3] * track.x + h[4] * track.y + h[5]) / w * scale};
}

inline void trackOne(const gimbal::PaddedPyramid& previous, const gimbal::PaddedPyramid& current, const gimbal::Mat3* guesses,
                     int guessCount, const gimbal::TrackOptions& options, gimbal::Track& track) {
  Template t;
  alignas(32) float window[kArea];
  alignas(32) float raw[2 * kArea];
  track.ok = false;
  const int top = (options.levels < previous.levels() ? options.levels : previous.levels()) - 1;
  const int finest = options.finest < top ? options.finest : top;
  float scale = 1.0f / static_cast<float>(1 << top);
  Position at = guessed(guesses[0], track, scale);
  for (int level = top; level >= finest; level--) {
    const gimbal::Plane<const float> from = previous.level(level), to = current.level(level);
    buildTemplate(from, track.x * scale, track.y * scale, t, level == finest ? raw : nullptr);
    if (t.ok && level == top && guessCount > 1) {
      float best = -2;
      for (int g = 0; g < guessCount; g++) {
        const Position here = guessed(guesses[g], track, scale);
        if (!reachable(to, here)) continue;
        sampleWindow(to, here, window);
        const float correlation = compare(t, window).correlation;
        if (correlation > best) {
          best = correlation;
          at = here;
        }
      }
    }
    if (level > finest) {
      const Position start = at;
      if (t.ok && !descend(t, to, at, options.coarseIterations, 0.04f, window)) at = start;
      at = {at.x * 2, at.y * 2};
      scale *= 2;
    }
  }
  const gimbal::Plane<const float> from = previous.level(finest), to = current.level(finest);
  if (!t.ok || !descend(t, to, at, options.fineIterations, 0.06f, window)) return;
  for (int i = 0; i < options.finalIterations; i++) {
    if (!reachable(to, at)) return;
    sampleSixTap(to, at.x - (kHalf - 0.5f), at.y - (kHalf - 0.5f), window);
    const Sums b = project(t, window);
    const float dx = t.inverse[0] * b.gx + t.inverse[1] * b.gy;
    const float dy = t.inverse[1] * b.gx + t.inverse[2] * b.gy;
    at.x -= dx;
    at.y -= dy;
    if (dx * dx + dy * dy < 0.004f * 0.004f) break;
  }
  if (!(at.x >= 0 && at.y >= 0 && at.x <= to.width - 1 && at.y <= to.height - 1)) return;
  // From here on in pixels of level 0.
  const float pixel = static_cast<float>(1 << finest);
  const Fit fit = compare(t, window);
  track.u = at.x * pixel;
  track.v = at.y * pixel;
  for (int k = 0; k < 3; k++) track.info[k] = t.h[k] / (pixel * pixel);
  slopes(t, raw, track.slopeX, track.slopeY);
  for (int k = 0; k < 4; k++) {
    track.slopeX[k] *= pixel;
    track.slopeY[k] *= pixel;
  }
  track.residual = fit.residual;
  track.correlation = fit.correlation;
  if (!(fit.correlation >= options.minCorrelation)) return;

  Template back;
  buildTemplate(to, at.x, at.y, back, nullptr);
  Position home = {track.x * scale, track.y * scale};
  if (!back.ok || !descend(back, from, home, 4, 0.03f, window)) return;
  const float ex = home.x - track.x * scale, ey = home.y - track.y * scale;
  const float distance = std::sqrt(ex * ex + ey * ey);
  track.backward = distance * pixel;
  track.ok = distance <= options.maxBackward;
}

}  // namespace
