// The ends of the straight pieces that stand for a row's curve. Compiled once per instruction set; unnamed namespace.
#pragma once
#include "row-map.hpp"

namespace gimbal::warping {
namespace {

/// Where a chord must lie to be steady, in 1/65536 px: both its ends at `left`, `top` or beyond and before `right`, `bottom`, no more
/// than `longest` apart along x and no more than a row along y. Nearly every chord of a steady camera is.
struct SteadyBounds {
  std::int32_t left;
  std::int32_t right;
  std::int32_t top;
  std::int32_t bottom;
  std::int32_t longest;
};

/// The ends of a segment's chords, blockSize samples apart. Found for the whole segment before any pixel is touched: so compilers
/// divide several at a time, and the loop over the pixels waits for none of it.
struct ChordEnds {
  static constexpr int most = widest / blockSize + 2;
  std::int32_t x[most];
  std::int32_t y[most];
  bool fit;  // all of them near, and no chord longer than its arithmetic allows

  /// Marks those of the first `count` chords that are steady with 1, the others and what follows the last with 0.
  void markSteady(const SteadyBounds& b, int count, std::int32_t* __restrict marks) const {
    for (int i = 0; i < count; i++) {
      const std::int32_t dx = x[i] < x[i + 1] ? x[i + 1] - x[i] : x[i] - x[i + 1];
      const std::int32_t dy = y[i] < y[i + 1] ? y[i + 1] - y[i] : y[i] - y[i + 1];
      marks[i] = (x[i] >= b.left) & (x[i + 1] >= b.left) & (x[i] < b.right) & (x[i + 1] < b.right) &  //
                 (y[i] >= b.top) & (y[i + 1] >= b.top) & (y[i] < b.bottom) & (y[i + 1] < b.bottom) &  //
                 (dx <= b.longest) & (dy <= 65536);
    }
    marks[count] = 0;
  }

  explicit ChordEnds(const Segment& segment) {
    const int count = chordEndCount(segment);
    double px[most];
    double py[most];
    if (segment.columns == 1 && segment.rows == 1) {
      trace(segment.line[0][0], segment.from, count, px, py);
      fit = chordsFit(segment, [&](int i) { return Point{px[i], py[i], true}; });
    } else {
      fit = chordsFit(segment, [&](int i) {
        const Point p = segment.at(segment.from + i * blockSize);
        px[i] = p.x;
        py[i] = p.y;
        return p;
      });
    }
    if (!fit) return;
    for (int i = 0; i < count; i++) x[i] = fixedPoint(px[i]);
    for (int i = 0; i < count; i++) y[i] = fixedPoint(py[i]);
  }

 private:
  static void trace(const Line& l, int from, int count, double* px, double* py) {
    for (int i = 0; i < count; i++) {
      const double u = from + i * blockSize;
      const double inverse = 1.0 / l.depth(u);
      px[i] = (l.ax * u + l.bx) * inverse;
      py[i] = (l.ay * u + l.by) * inverse;
    }
  }
};

}  // namespace
}  // namespace gimbal::warping
