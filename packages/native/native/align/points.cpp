#include "points.hpp"

#include <algorithm>
#include <cmath>

namespace gimbal::alignment {
namespace {

constexpr int kMargin = 2;  // a point needs its neighbours, and rounding room

/// Where block `i` of `count` begins.
int edge(int i, int count, int size) { return static_cast<int>(static_cast<long long>(i) * size / count); }

/// Blocks along an axis: a multiple of `cells`, each about `block` pixels.
int blocksAlong(int size, double block, int cells) {
  return cells * std::max(1, static_cast<int>(std::lround(size / (block * cells))));
}

/// Squared slope over two pixels.
float steepness(const float* above, const float* line, const float* below, int x) {
  const float gx = line[x + 1] - line[x - 1];
  const float gy = below[x] - above[x];
  return gx * gx + gy * gy;
}

/// The largest squared slope in each column of rows [top, bottom).
void steepestOfColumns(Plane<const float> plane, int top, int bottom, float* __restrict best) {
  const int width = plane.width;
  for (int x = 0; x < width; x++) best[x] = -1;
  for (int y = top; y < bottom; y++) {
    const float* above = plane.row(y - 1);
    const float* line = plane.row(y);
    const float* below = plane.row(y + 1);
    for (int x = kMargin; x < width - kMargin; x++) {
      const float steep = steepness(above, line, below, x);
      best[x] = steep > best[x] ? steep : best[x];
    }
  }
}

/// The first row of [top, bottom) whose squared slope in that column is `steep`, or `top`.
int rowOf(Plane<const float> plane, int column, int top, int bottom, float steep) {
  for (int y = top; y < bottom; y++) {
    if (steepness(plane.row(y - 1), plane.row(y), plane.row(y + 1), column) == steep) return y;
  }
  return top;
}

}  // namespace

void selectPoints(Plane<const float> plane, int count, double least, double scale, int width, int height,
                  std::vector<float>& scratch, AlignPoints& out) {
  const int w = plane.width;
  const int h = plane.height;
  const double block = std::max(2.0, std::sqrt(static_cast<double>(w) * h / count));
  const int across = blocksAlong(w, block, alignCellColumns);
  const int down = blocksAlong(h, block, alignCellRows);
  const std::size_t blocks = static_cast<std::size_t>(across) * down;
  // Found points by block: column (or -1) and row, then a line of work.
  const std::size_t wanted = 2 * blocks + static_cast<std::size_t>(w);
  if (scratch.size() < wanted) scratch.resize(wanted);
  float* column = scratch.data();
  float* row = column + blocks;
  float* best = row + blocks;
  const auto threshold = static_cast<float>(4 * least * least);  // of differences over two pixels
  for (int r = 0; r < down; r++) {
    const int top = std::max(edge(r, down, h), kMargin);
    const int bottom = std::min(edge(r + 1, down, h), h - kMargin);
    steepestOfColumns(plane, top, bottom, best);
    for (int c = 0; c < across; c++) {
      int found = -1;
      float steepest = threshold;
      for (int x = std::max(edge(c, across, w), kMargin); x < std::min(edge(c + 1, across, w), w - kMargin); x++) {
        if (best[x] > steepest) {
          steepest = best[x];
          found = x;
        }
      }
      column[r * across + c] = static_cast<float>(found);
      row[r * across + c] = found < 0 ? 0 : static_cast<float>(rowOf(plane, found, top, bottom, steepest));
    }
  }
  const std::size_t most = blocks + 16 * alignCells;
  for (auto* list : {&out.x, &out.y, &out.value, &out.gx, &out.gy, &out.weight}) {
    if (list->size() < most) list->resize(most);
  }
  const double radius = std::hypot(width, height) / 2;
  const int cellAcross = across / alignCellColumns;
  const int cellDown = down / alignCellRows;
  int n = 0;
  for (int cell = 0; cell < alignCells; cell++) {
    out.first[cell] = n;
    const int left = cell % alignCellColumns * cellAcross;
    const int top = cell / alignCellColumns * cellDown;
    for (int r = top; r < top + cellDown; r++) {
      for (int c = left; c < left + cellAcross; c++) {
        const int x = static_cast<int>(column[r * across + c]);
        if (x < 0) continue;
        const int y = static_cast<int>(row[r * across + c]);
        out.x[n] = static_cast<float>((x * scale - (width - 1) / 2.0) / radius);
        out.y[n] = static_cast<float>((y * scale - (height - 1) / 2.0) / radius);
        out.value[n] = plane.row(y)[x];
        out.gx[n] = (plane.row(y)[x + 1] - plane.row(y)[x - 1]) * static_cast<float>(0.5 / scale);
        out.gy[n] = (plane.row(y + 1)[x] - plane.row(y - 1)[x]) * static_cast<float>(0.5 / scale);
        out.weight[n++] = 1;
      }
    }
    for (; n % 16 != 0; n++) {
      out.x[n] = out.y[n] = out.value[n] = out.gx[n] = out.gy[n] = out.weight[n] = 0;
    }
  }
  out.first[alignCells] = n;
}

double noiseOf(Plane<const float> plane, std::vector<float>& scratch) {
  const int w = plane.width;
  const int h = plane.height;
  const std::size_t most = static_cast<std::size_t>(w) * (h / 4 + 1) / 3 + 16;
  if (scratch.size() < most) scratch.resize(most);
  std::size_t n = 0;
  for (int y = 1; y < h - 1; y += 4) {
    const float* a = plane.row(y - 1);
    const float* b = plane.row(y);
    const float* c = plane.row(y + 1);
    for (int x = 1; x < w - 1; x += 3) {
      const float corners = (a[x - 1] + a[x + 1]) + (c[x - 1] + c[x + 1]);
      const float sides = (a[x] + c[x]) + (b[x - 1] + b[x + 1]);
      scratch[n++] = std::abs(corners - 2 * sides + 4 * b[x]);
    }
  }
  if (n == 0) return 0;
  const auto middle = scratch.begin() + static_cast<std::ptrdiff_t>(n / 2);
  std::nth_element(scratch.begin(), middle, scratch.begin() + static_cast<std::ptrdiff_t>(n));
  return 1.4826 * *middle / 6;  // the kernel's weights have a square sum of 36
}

}  // namespace gimbal::alignment
