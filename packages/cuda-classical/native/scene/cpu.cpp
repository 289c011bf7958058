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

double correlationAt(Plane<const float> p, Plane<const float> q, int sx, int sy) {
  const int x0 = std::max(0, -sx), x1 = std::min(p.width, p.width - sx);
  const int y0 = std::max(0, -sy), y1 = std::min(p.height, p.height - sy);
  float a = 0, b = 0, aa = 0, bb = 0, ab = 0;
  for (int y = y0; y < y1; y++) {
    const float* r = p.row(y);
    const float* s = q.row(y + sy) + sx;
    float la[8] = {}, lb[8] = {}, laa[8] = {}, lbb[8] = {}, lab[8] = {};
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
    for (int k = 0; k < 8; k++) {
      a += la[k];
      b += lb[k];
      aa += laa[k];
      bb += lbb[k];
      ab += lab[k];
    }
  }
  const double n = double(x1 - x0) * (y1 - y0);
  const double va = aa - double(a) * a / n, vb = bb - double(b) * b / n;
  if (va < n || vb < n) return 0;  // less than one grey level of contrast says nothing
  return (ab - double(a) * b / n) / std::sqrt(va * vb);
}

}  // namespace

ThumbnailShift alignThumbnails(const PreparedFrame& previous, const PreparedFrame& current) {
  // The first level at most 48 wide or high.
  int level = 0;
  while (level + 1 < previous.pyramid.levels() &&
         std::max(previous.pyramid.level(level).width, previous.pyramid.level(level).height) > 48)
    level++;
  const Plane<const float> p = previous.pyramid.level(level), q = current.pyramid.level(level);
  const int rx = p.width / 2, ry = p.height / 2;
  ThumbnailShift best;
  best.unshifted = correlationAt(p, q, 0, 0);
  best.correlation = best.unshifted;
  double bestScore = best.unshifted;
  for (int sy = -ry; sy <= ry; sy++) {
    for (int sx = -rx; sx <= rx; sx++) {
      const double correlation = correlationAt(p, q, sx, sy);
      // A small overlap correlates well by chance: ask a little more of it.
      const double overlap = (1 - std::fabs(double(sx)) / p.width) * (1 - std::fabs(double(sy)) / p.height);
      const double score = correlation - 0.2 * (1 - overlap);
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
