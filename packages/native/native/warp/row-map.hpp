// Where the samples of one output row come from. Compiled once per instruction set and for CUDA; unnamed namespace, no standard
// library beyond memcpy.
#pragma once
#include <cstring>

#include "../plane/host-device.hpp"
#include "job.hpp"

namespace gimbal::warping {
namespace {

constexpr int blockSize = 16;
constexpr double deepest = 1e-7;       // a denominator below this is at infinity or behind the camera
constexpr double farthest = 32000.0;   // beyond this a coordinate does not fit 16 bits before and 16 after the point

struct Point {
  double x;
  double y;
  bool seen;
};

/// One homography along one row: x = (ax u + bx) / (c u + d), y alike.
struct Line {
  double ax, bx, ay, by, c, d;

  GIMBAL_HOST_DEVICE static Line of(const double* h, double v) {
    return {h[0], h[1] * v + h[2], h[3], h[4] * v + h[5], h[6], h[7] * v + h[8]};
  }
  GIMBAL_HOST_DEVICE double depth(double u) const { return c * u + d; }
  GIMBAL_HOST_DEVICE Point at(double u) const {
    const double inverse = 1.0 / depth(u);
    return {(ax * u + bx) * inverse, (ay * u + by) * inverse, depth(u) > deepest};
  }
  GIMBAL_HOST_DEVICE double slopeX(double u) const { return (ax * d - bx * c) / (depth(u) * depth(u)); }
  GIMBAL_HOST_DEVICE double slopeY(double u) const { return (ay * d - by * c) / (depth(u) * depth(u)); }
};

GIMBAL_HOST_DEVICE inline double absolute(double x) { return x < 0 ? -x : x; }
GIMBAL_HOST_DEVICE inline double larger(double a, double b) { return a > b ? a : b; }

/// A stretch of a row on which the same cells are blended with weights that are linear in u.
struct Segment {
  int from;
  int to;
  int columns;  // 1 or 2 columns of cells
  int rows;     // 1 or 2 rows of cells
  Line line[2][2];  // [row][column]
  double below;     // weight of the second row
  double right;     // weight of the second column at u = 0
  double rightStep; // ... and its growth per sample

  GIMBAL_HOST_DEVICE Point at(double u) const {
    if (columns == 1 && rows == 1) return line[0][0].at(u);
    Point sum{0, 0, true};
    const double t = right + rightStep * u;
    for (int r = 0; r < rows; r++) {
      const double wr = rows == 1 ? 1.0 : (r == 0 ? 1.0 - below : below);
      for (int c = 0; c < columns; c++) {
        const double weight = wr * (columns == 1 ? 1.0 : (c == 0 ? 1.0 - t : t));
        const Line& l = line[r][c];
        const double depth = l.depth(u);
        const double inverse = weight / depth;
        sum.x += (l.ax * u + l.bx) * inverse;
        sum.y += (l.ay * u + l.by) * inverse;
        sum.seen = sum.seen && depth > deepest;
      }
    }
    return sum;
  }

  /// Whether chords of blockSize samples stay within `tolerance` px of the curve: a chord of length L is off by at most
  /// L^2/8 max|f''|. For a line f'' = -2c(ad - bc)/(cu + d)^3, largest where the depth is smallest; blending two columns adds
  /// 2 t' (g' - f'), whose growth along the segment the second derivatives bound.
  GIMBAL_HOST_DEVICE bool straight(double tolerance) const {
    const double u0 = from;
    const double u1 = to + blockSize;
    double bend = 0;
    for (int r = 0; r < rows; r++) {
      double curl[2] = {0, 0};
      for (int c = 0; c < columns; c++) {
        const Line& l = line[r][c];
        const double near = l.depth(u0) < l.depth(u1) ? l.depth(u0) : l.depth(u1);
        if (!(near > deepest)) return false;
        const double turn = larger(absolute(l.ax * l.d - l.bx * l.c), absolute(l.ay * l.d - l.by * l.c));
        curl[c] = 2 * absolute(l.c) * turn / (near * near * near);
      }
      double here = larger(curl[0], curl[1]);
      if (columns == 2) {
        const double apart = larger(absolute(line[r][1].slopeX(u0) - line[r][0].slopeX(u0)),
                                    absolute(line[r][1].slopeY(u0) - line[r][0].slopeY(u0)));
        // The chord may end one block beyond the segment, where a weight exceeds 1 by at most rightStep * blockSize.
        here = here * (1 + 2 * rightStep * blockSize) + 2 * rightStep * (apart + (u1 - u0) * (curl[0] + curl[1]));
      }
      bend = larger(bend, here);
    }
    return bend * (blockSize * blockSize / 8.0) <= tolerance;
  }
};

GIMBAL_HOST_DEVICE inline int ceiling(double x, int most) {
  if (!(x > 0)) return 0;
  if (x >= most) return most;
  const int whole = static_cast<int>(x);
  return whole < x ? whole + 1 : whole;
}

/// Where segment k of every output row of `width` samples ends. Segment k lies between the centres of columns k - 1 and k.
GIMBAL_HOST_DEVICE inline int segmentEnd(const Map& map, int k, int width) {
  if (k < 0) return 0;
  return k == map.cols || map.cols == 1 ? width : ceiling((k - map.gridOffsetX) / map.gridScaleX, width);
}

/// Segment k (0 to map.cols) of output row `v`; empty where `to` is not beyond `from`.
GIMBAL_HOST_DEVICE inline Segment segmentAt(const Map& map, int v, int k, int width) {
  Segment s;
  int row = 0;
  s.rows = 1;
  s.below = 0;
  const double gy = v * map.gridScaleY + map.gridOffsetY;
  if (map.rows > 1 && gy > 0) {
    row = gy >= map.rows - 1 ? map.rows - 1 : static_cast<int>(gy);
    s.below = gy - row;
    s.rows = row < map.rows - 1 && s.below > 0 ? 2 : 1;
  }
  const int column = k == 0 ? 0 : k - 1;
  s.columns = k == 0 || k == map.cols || map.cols == 1 ? 1 : 2;
  s.from = segmentEnd(map, k - 1, width);
  s.to = segmentEnd(map, k, width);
  s.right = map.gridOffsetX - column;
  s.rightStep = map.gridScaleX;
  for (int r = 0; r < s.rows; r++) {
    for (int c = 0; c < s.columns; c++) s.line[r][c] = Line::of(map.homographies + ((row + r) * map.cols + column + c) * 9, v);
  }
  return s;
}

/// Calls `visit` with the segments of output row `v`, left to right.
template <class Visit>
void eachSegment(const Map& map, int v, int width, const Visit& visit) {
  const int most = map.cols == 1 ? 0 : map.cols;
  for (int k = 0; k <= most; k++) {
    const Segment segment = segmentAt(map, v, k, width);
    if (segment.from < segment.to) visit(segment);
  }
}

/// Rounds to the nearest 1/65536 px. Adding 1.5 * 2^52 leaves the rounded integer in the low bits: the same on every machine.
GIMBAL_HOST_DEVICE inline std::int32_t fixedPoint(double x) {
  const double moved = x * 65536.0 + 6755399441055744.0;
  std::uint64_t bits;
  std::memcpy(&bits, &moved, 8);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
}

GIMBAL_HOST_DEVICE inline bool near(double x, double y) { return absolute(x) < farthest && absolute(y) < farthest; }

/// Whether a chord between two points fits its arithmetic: 1024 px over one block, beyond that its product would not fit 32 bits.
GIMBAL_HOST_DEVICE inline bool close(double ax, double ay, double bx, double by) {
  return absolute(ax - bx) < 1024 && absolute(ay - by) < 1024;
}

/// The ends of a segment's chords, blockSize samples apart: how many there are.
GIMBAL_HOST_DEVICE inline int chordEndCount(const Segment& s) { return (s.to - s.from + blockSize - 1) / blockSize + 1; }

/// Whether all ends of a segment's chords are in front of the camera, near, and no chord too long. `at(i)` is the i-th end.
template <class At>
GIMBAL_HOST_DEVICE bool chordsFit(const Segment& s, const At& at) {
  const int last = chordEndCount(s) - 1;
  if (s.columns == 1 && s.rows == 1) {
    // In front of the camera the curve and its slope are monotonic: what holds at both ends holds between them.
    const Line& l = s.line[0][0];
    const Point first = at(0), second = at(1), beforeLast = at(last - 1), end = at(last);
    return l.depth(s.from) > deepest && l.depth(s.from + last * blockSize) > deepest && near(first.x, first.y) && near(end.x, end.y) &&
           close(first.x, first.y, second.x, second.y) && close(beforeLast.x, beforeLast.y, end.x, end.y);
  }
  Point before = at(0);
  if (!before.seen || !near(before.x, before.y)) return false;
  for (int i = 1; i <= last; i++) {
    const Point p = at(i);
    if (!p.seen || !near(p.x, p.y) || !close(before.x, before.y, p.x, p.y)) return false;
    before = p;
  }
  return true;
}

/// Most px that a chord may miss the curve by: half a code value along each axis, between black and white neighbours.
GIMBAL_HOST_DEVICE inline double chordTolerance(int bits) { return 0.5 / (1 << bits); }

/// Whether nothing of the source is to be seen at `p`.
GIMBAL_HOST_DEVICE inline bool nowhere(const Point& p, int border) {
  return !p.seen || p.x != p.x || p.y != p.y || (border == 0 && !near(p.x, p.y));
}

/// A coordinate far outside an axis of `n` samples, brought near without changing what is read there.
GIMBAL_HOST_DEVICE inline double broughtNear(double x, int n, int border) {
  if (absolute(x) < farthest) return x;
  if (border == 1 || n == 1) return x < 0 ? -farthest : farthest;
  const double period = 2.0 * (n - 1);
  if (!(absolute(x) < 1e15)) return 0;
  return x - period * static_cast<double>(static_cast<std::int64_t>(x / period));
}

}  // namespace
}  // namespace gimbal::warping
