#pragma once
#include "row-map.hpp"

namespace gimbal::warping {
namespace {

/// Whether one homography is so gentle over a plane of `width x height` samples that chords stand for the curve on every row: then no
/// row needs to be asked. A bound over the whole plane with room to spare for rounding: it may say no where every row would say yes,
/// never the reverse. See Segment::straight and chordsFit for the conditions of a row.
inline bool isNearAffine(const double* h, int width, int height, int bits) {
  double finite = 0;
  for (int i = 0; i < 9; i++) finite += h[i] * 0;
  if (finite != 0) return false;
  const double right = width + 2.0 * blockSize;  // the last chord ends less than two blocks beyond the last sample
  double shallowest = 1e300;
  double turn = 0;
  double reach = 0;
  for (const double v : {0.0, static_cast<double>(height - 1)}) {
    const Line l = Line::of(h, v);
    // Linear in v, so largest on the first or the last row; and the depth is linear in both.
    turn = larger(turn, larger(absolute(l.ax * l.d - l.bx * l.c), absolute(l.ay * l.d - l.by * l.c)));
    for (const double u : {0.0, right}) {
      const double depth = l.depth(u);
      if (!(depth > 1e3 * deepest)) return false;
      shallowest = depth < shallowest ? depth : shallowest;
      // In front of the camera lines stay lines: the corners' images enclose all others.
      reach = larger(reach, larger(absolute(l.ax * u + l.bx), absolute(l.ay * u + l.by)) / depth);
    }
  }
  const double bend = 2 * absolute(h[6]) * turn / (shallowest * shallowest * shallowest) * (blockSize * blockSize / 8.0);
  const double longest = turn / (shallowest * shallowest) * blockSize;
  return bend < 0.99 * chordTolerance(bits) && longest < 1000 && reach < 0.99 * farthest;
}

}  // namespace
}  // namespace gimbal::warping
