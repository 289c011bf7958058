#include "shi-tomasi.hpp"

#include <algorithm>
#include <cmath>
#include <isa/isa.hpp>
#include <stdexcept>

#include "../simd/plain8.hpp"
#include "kernel.hpp"

namespace gimbal {

void cornerStrengthAvx2(Plane<const float> dx, Plane<const float> dy, Plane<float> strength, float* columns);

void cornerStrength(Plane<const float> dx, Plane<const float> dy, Plane<float> strength, CornerScratch& scratch) {
  if (dx.width != strength.width || dx.height != strength.height || dy.width != dx.width || dy.height != dx.height) {
    throw std::invalid_argument("cornerStrength: gradients and strength must have the same size");
  }
  scratch.columns.resize(3 * (static_cast<std::size_t>(strength.width) + 16));
#if defined(GIMBAL_X86)
  if (activeIsa() >= Isa::avx2) return cornerStrengthAvx2(dx, dy, strength, scratch.columns.data());
#endif
  cornerStrengthPlane(dx, dy, strength, scratch.columns.data());
}

void hideCorners(Plane<float> strength, const CornerMask& mask) {
  if (mask.samples == nullptr) return;
  for (int y = 0; y < strength.height; y++) {
    float* row = strength.row(y);
    for (int x = 0; x < strength.width; x++) {
      if (mask.hides(x, y, strength.width, strength.height)) row[x] = 0;
    }
  }
}

namespace {

/// Best pixel of every `step`×`step` tile inside the margin.
void tileMaxima(Plane<const float> s, int step, int margin, float floor, CornerScratch& scratch) {
  scratch.candidates.clear();
  const int right = s.width - margin, bottom = s.height - margin;
  const int tiles = right > margin ? (right - margin + step - 1) / step : 0;
  scratch.rows.resize(tiles);
  for (int y0 = margin; y0 < bottom; y0 += step) {
    const int y1 = std::min(y0 + step, bottom);
    std::fill(scratch.rows.begin(), scratch.rows.end(), 0.0f);
    for (int y = y0; y < y1; y++) {
      const float* row = s.row(y);
      for (int t = 0; t < tiles; t++) {
        const int x0 = margin + t * step, n = std::min(step, right - x0);
        scratch.rows[t] = rowMax(row + x0, n, scratch.rows[t]);
      }
    }
    for (int t = 0; t < tiles; t++) {
      const float best = scratch.rows[t];
      if (!(best > floor)) continue;
      const int x0 = margin + t * step, x1 = std::min(x0 + step, right);
      [&] {
        for (int y = y0; y < y1; y++) {
          for (int x = x0; x < x1; x++) {
            if (s.row(y)[x] == best) return scratch.candidates.push_back({x, y, best});
          }
        }
      }();
    }
  }
}

bool isLocalMaximum(Plane<const float> s, const Corner& c) {
  for (int y = std::max(c.y - 1, 0); y <= std::min(c.y + 1, s.height - 1); y++) {
    for (int x = std::max(c.x - 1, 0); x <= std::min(c.x + 1, s.width - 1); x++) {
      if (s.row(y)[x] > c.strength) return false;
    }
  }
  return true;
}

}  // namespace

void selectCorners(Plane<const float> s, const CornerOptions& options, CornerScratch& scratch,
                   std::vector<Corner>& corners) {
  corners.clear();
  const int step = std::max(options.spacing, 3);
  tileMaxima(s, step, options.margin, options.floor, scratch);
  auto& candidates = scratch.candidates;
  float best = 0;
  for (const Corner& c : candidates) best = std::max(best, c.strength);
  const float weakest = std::max(options.floor, options.globalQuality * best);
  std::erase_if(candidates, [&](const Corner& c) { return c.strength < weakest || !isLocalMaximum(s, c); });
  if (candidates.empty()) return;

  const int quota = 4;
  const double side = std::max(std::sqrt(double(s.width) * s.height * quota / std::max(options.count, 1)), double(step));
  const int gridCols = std::max(1, static_cast<int>(s.width / side));
  const int gridRows = std::max(1, static_cast<int>(s.height / side));
  const auto cellOf = [&](const Corner& c) { return (c.y * gridRows / s.height) * gridCols + c.x * gridCols / s.width; };

  auto& order = scratch.order;
  order.resize(candidates.size());
  for (std::size_t i = 0; i < order.size(); i++) order[i] = static_cast<int>(i);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    const int ca = cellOf(candidates[a]), cb = cellOf(candidates[b]);
    if (ca != cb) return ca < cb;
    if (candidates[a].strength != candidates[b].strength) return candidates[a].strength > candidates[b].strength;
    return a < b;
  });

  // One slot per tile: two corners nearer than the spacing lie in the same or in neighbouring tiles.
  const int tileCols = s.width / step + 1, tileRows = s.height / step + 1;
  scratch.occupied.assign(static_cast<std::size_t>(tileCols) * tileRows, -1);
  const auto accept = [&](int index) {
    const Corner& c = candidates[index];
    const int tx = c.x / step, ty = c.y / step;
    for (int y = std::max(ty - 1, 0); y <= std::min(ty + 1, tileRows - 1); y++) {
      for (int x = std::max(tx - 1, 0); x <= std::min(tx + 1, tileCols - 1); x++) {
        const int other = scratch.occupied[y * tileCols + x];
        if (other < 0) continue;
        if (std::abs(candidates[other].x - c.x) < options.spacing && std::abs(candidates[other].y - c.y) < options.spacing)
          return false;
      }
    }
    scratch.occupied[ty * tileCols + tx] = index;
    corners.push_back(c);
    return true;
  };

  int cell = -1, taken = 0;
  float cellBest = 0;
  std::size_t kept = 0;
  for (const int index : order) {
    const Corner& c = candidates[index];
    if (cellOf(c) != cell) {
      cell = cellOf(c);
      taken = 0;
      cellBest = c.strength;
    }
    const bool good = c.strength >= options.cellQuality * cellBest;
    if (good && taken < quota && static_cast<int>(corners.size()) < options.count && accept(index)) {
      taken++;
    } else if (good && taken >= quota) {
      order[kept++] = index;
    }
  }
  order.resize(kept);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return candidates[a].strength != candidates[b].strength ? candidates[a].strength > candidates[b].strength : a < b;
  });
  for (const int index : order) {
    if (static_cast<int>(corners.size()) >= options.count) break;
    accept(index);
  }
}

}  // namespace gimbal
