// Where the samples of one output row come from. Compiled once per instruction set; unnamed namespace, no standard library.
#pragma once
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

  static Line of(const double* h, double v) {
    return {h[0], h[1] * v + h[2], h[3], h[4] * v + h[5], h[6], h[7] * v + h[8]};
  }
  double depth(double u) const { return c * u + d; }
  double slopeX(double u) const { return (ax * d - bx * c) / (depth(u) * depth(u)); }
  double slopeY(double u) const { return (ay * d - by * c) / (depth(u) * depth(u)); }
};

inline double absolute(double x) { return x < 0 ? -x : x; }
inline double larger(double a, double b) { return a > b ? a : b; }

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

  Point at(double u) const {
    if (columns == 1 && rows == 1) {
      const Line& l = line[0][0];
      const double depth = l.depth(u);
      const double inverse = 1.0 / depth;
      return {(l.ax * u + l.bx) * inverse, (l.ay * u + l.by) * inverse, depth > deepest};
    }
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
  bool straight(double tolerance) const {
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

inline int ceiling(double x, int most) {
  if (!(x > 0)) return 0;
  if (x >= most) return most;
  const int whole = static_cast<int>(x);
  return whole < x ? whole + 1 : whole;
}

/// Calls `visit` with the segments of output row `v`, left to right.
template <class Visit>
void eachSegment(const Map& map, int v, int width, const Visit& visit) {
  Segment s{};
  int row = 0;
  s.rows = 1;
  const double gy = v * map.gridScaleY + map.gridOffsetY;
  if (map.rows > 1 && gy > 0) {
    row = gy >= map.rows - 1 ? map.rows - 1 : static_cast<int>(gy);
    s.below = gy - row;
    s.rows = row < map.rows - 1 && s.below > 0 ? 2 : 1;
  }
  int from = 0;
  // Segment k lies between the centres of columns k - 1 and k.
  for (int k = 0; k <= map.cols && from < width; k++) {
    const int to = k == map.cols || map.cols == 1 ? width : ceiling((k - map.gridOffsetX) / map.gridScaleX, width);
    if (to <= from) continue;
    const int column = k == 0 ? 0 : k - 1;
    s.columns = k == 0 || k == map.cols || map.cols == 1 ? 1 : 2;
    s.from = from;
    s.to = to;
    s.right = map.gridOffsetX - column;
    s.rightStep = map.gridScaleX;
    for (int r = 0; r < s.rows; r++) {
      for (int c = 0; c < s.columns; c++) s.line[r][c] = Line::of(map.homographies + ((row + r) * map.cols + column + c) * 9, v);
    }
    visit(s);
    from = to;
  }
}

}  // namespace
}  // namespace gimbal::warping
