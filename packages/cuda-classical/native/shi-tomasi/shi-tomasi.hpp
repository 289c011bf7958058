#pragma once
#include <plane/plane.hpp>
#include <vector>

#include "corner-mask.hpp"

namespace gimbal {

struct Corner {
  int x = 0;
  int y = 0;
  float strength = 0;
};

struct CornerOptions {
  int count = 400;
  /// Smallest distance in pixels between two corners along x or y.
  int spacing = 7;
  /// Corners stay this far from the plane's edges.
  int margin = 8;
  /// Weakest corner: absolute (squared grey levels per pixel), relative to the frame's best and to its cell's best.
  float floor = 0.08f;
  float globalQuality = 2e-4f;
  float cellQuality = 0.05f;
};

/// Buffers that are kept from frame to frame.
struct CornerScratch {
  std::vector<float> columns;
  std::vector<float> rows;
  std::vector<Corner> candidates;
  std::vector<int> occupied;
  std::vector<int> order;
};

/// Smaller eigenvalue of the mean of ∇I∇Iᵀ over the 7×7 box around every pixel at least 3 from the edge; 0 nearer the edge.
/// J. Shi and C. Tomasi, Good Features to Track, CVPR 1994.
void cornerStrength(Plane<const float> dx, Plane<const float> dy, Plane<float> strength, CornerScratch& scratch);

/// Takes the strength away wherever the mask hides the plane.
void hideCorners(Plane<float> strength, const CornerMask& mask);

/// Local maxima of the strength, spread over the frame: every cell of a coarse grid may fill its quota with what is good for that
/// cell (so dark and soft regions contribute), what is then missing is filled by strength wherever it is.
/// Ordered by cell, then strength; deterministic. `corners` is cleared first.
void selectCorners(Plane<const float> strength, const CornerOptions& options, CornerScratch& scratch,
                   std::vector<Corner>& corners);

}  // namespace gimbal
