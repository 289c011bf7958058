#include "scene.hpp"

#include <algorithm>
#include <cmath>

namespace gimbal {

FrameDifference frameDifference(const PreparedFrame& a, const PreparedFrame& b) {
  const int level = std::min(1, a.pyramid.levels() - 1);
  const Plane<const float> p = a.pyramid.level(level), q = b.pyramid.level(level);
  FrameDifference result;
  double total = 0;
  for (int y0 = 0; y0 < p.height; y0 += 16) {
    const int y1 = std::min(y0 + 16, p.height);
    for (int x0 = 0; x0 < p.width; x0 += 16) {
      const int x1 = std::min(x0 + 16, p.width);
      float lanes[16] = {};
      for (int y = y0; y < y1; y++) {
        const float* r = p.row(y) + x0;
        const float* s = q.row(y) + x0;
        if (x1 - x0 == 16) {
          for (int k = 0; k < 16; k++) lanes[k] += std::fabs(r[k] - s[k]);
        } else {
          for (int k = 0; k < x1 - x0; k++) lanes[k] += std::fabs(r[k] - s[k]);
        }
      }
      double block = 0;
      for (const float lane : lanes) block += lane;
      total += block;
      result.largest = std::max(result.largest, block / (double(y1 - y0) * (x1 - x0)));
    }
  }
  result.mean = total / (double(p.width) * p.height);
  return result;
}

namespace {

/// Sums over the pixels that overlap, for the correlation.
struct Sums {
  double n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;

  double correlation() const {
    const double va = aa - a * a / n, vb = bb - b * b / n;
    if (!(n > 0) || va < n || vb < n) return 0;  // less than one grey level of contrast says nothing
    return (ab - a * b / n) / std::sqrt(va * vb);
  }
};

/// Adds the columns [from, to) of p, each against q shifted by (sx, sy), where both exist.
void addOverlap(Plane<const float> p, Plane<const float> q, int sx, int sy, int from, int to, Sums& sums) {
  const int x0 = std::max(from, -sx), x1 = std::min(to, p.width - sx);
  const int y0 = std::max(0, -sy), y1 = std::min(p.height, p.height - sy);
  if (x1 <= x0 || y1 <= y0) return;
  float la[8] = {}, lb[8] = {}, laa[8] = {}, lbb[8] = {}, lab[8] = {};
  for (int y = y0; y < y1; y++) {
    const float* r = p.row(y);
    const float* s = q.row(y + sy) + sx;
    int x = x0;
    for (; x + 8 <= x1; x += 8) {
      for (int k = 0; k < 8; k++) {
        const float f = r[x + k] - 128, g = s[x + k] - 128;
        la[k] += f;
        lb[k] += g;
        laa[k] += f * f;
        lbb[k] += g * g;
        lab[k] += f * g;
      }
    }
    for (; x < x1; x++) {
      const float f = r[x] - 128, g = s[x] - 128;
      la[0] += f;
      lb[0] += g;
      laa[0] += f * f;
      lbb[0] += g * g;
      lab[0] += f * g;
    }
  }
  for (int k = 0; k < 8; k++) {
    sums.a += la[k];
    sums.b += lb[k];
    sums.aa += laa[k];
    sums.bb += lbb[k];
    sums.ab += lab[k];
  }
  sums.n += double(x1 - x0) * (y1 - y0);
}

}  // namespace

ThumbnailShift alignThumbnails(const PreparedFrame& previous, const PreparedFrame& current, Region region) {
  int level = 0;
  while (level + 1 < previous.pyramid.levels() &&
         std::max(previous.pyramid.level(level).width, previous.pyramid.level(level).height) > 48)
    level++;
  const Plane<const float> p = previous.pyramid.level(level), q = current.pyramid.level(level);
  const int w = p.width, quarter = region == Region::sides ? w / 4 : w;
  const int rx = w / 2, ry = p.height / 2;
  const double all = double(std::min(w, 2 * quarter)) * p.height;
  ThumbnailShift best;
  double bestScore = -2;
  for (int sy = -ry; sy <= ry; sy++) {
    for (int sx = -rx; sx <= rx; sx++) {
      Sums sums;
      addOverlap(p, q, sx, sy, 0, quarter, sums);
      if (quarter < w) addOverlap(p, q, sx, sy, w - quarter, w, sums);
      if (sums.n < all / 4) continue;
      const double correlation = sums.correlation();
      // A small overlap correlates well by chance: ask a little more of it.
      const double score = correlation - 0.2 * (1 - sums.n / all);
      if (score > bestScore) {
        bestScore = score;
        best.correlation = correlation;
        best.x = sx * double(1 << level);
        best.y = sy * double(1 << level);
      }
    }
  }
  return best;
}

}  // namespace gimbal
