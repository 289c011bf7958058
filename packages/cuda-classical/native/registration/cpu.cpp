#include "registration.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gimbal {

FrameDifference frameDifference(const PreparedFrame& a, const PreparedFrame& b) {
  const int level = std::min(1, a.pyramid.levels() - 1);
  const Plane<const float> p = a.pyramid.level(level), q = b.pyramid.level(level);
  FrameDifference result;
  thread_local std::vector<double> blocks;
  blocks.clear();
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
      blocks.push_back(block / (double(y1 - y0) * (x1 - x0)));
      result.largest = std::max(result.largest, blocks.back());
    }
  }
  std::nth_element(blocks.begin(), blocks.begin() + blocks.size() / 2, blocks.end());
  result.median = blocks[blocks.size() / 2];
  result.mean = total / (double(p.width) * p.height);
  return result;
}

namespace {

/// Gradients of a thumbnail, x and y interleaved, compressed so that one strong edge does not speak for all; 0 on the rim.
void thumbnailGradients(Plane<const float> p, std::vector<float>& out) {
  out.assign(2 * static_cast<std::size_t>(p.width) * p.height, 0.0f);
  for (int y = 1; y < p.height - 1; y++) {
    for (int x = 1; x < p.width - 1; x++) {
      const float gx = p.row(y)[x + 1] - p.row(y)[x - 1], gy = p.row(y + 1)[x] - p.row(y - 1)[x];
      const float scale = 1 / std::sqrt(std::sqrt(gx * gx + gy * gy) + 2);
      out[2 * (y * p.width + x)] = gx * scale;
      out[2 * (y * p.width + x) + 1] = gy * scale;
    }
  }
}

/// Sums over the pixels that overlap, for the correlation.
struct Sums {
  double n = 0, aa = 0, bb = 0, ab = 0;
  double correlation() const { return ab / std::sqrt(aa * bb + 1e-9); }
};

/// Adds the columns [from, to) of a, each against b shifted by (sx, sy), where both exist.
void addOverlap(const float* a, const float* b, int w, int h, int sx, int sy, int from, int to, Sums& sums) {
  const int x0 = std::max(from, -sx), x1 = std::min(to, w - sx);
  const int y0 = std::max(0, -sy), y1 = std::min(h, h - sy);
  if (x1 <= x0 || y1 <= y0) return;
  const int count = 2 * (x1 - x0);
  float aa[8] = {}, bb[8] = {}, ab[8] = {};
  for (int y = y0; y < y1; y++) {
    const float* r = a + 2 * (y * w + x0);
    const float* s = b + 2 * ((y + sy) * w + x0 + sx);
    int i = 0;
    for (; i + 8 <= count; i += 8) {
      for (int k = 0; k < 8; k++) {
        aa[k] += r[i + k] * r[i + k];
        bb[k] += s[i + k] * s[i + k];
        ab[k] += r[i + k] * s[i + k];
      }
    }
    for (; i < count; i++) {
      aa[0] += r[i] * r[i];
      bb[0] += s[i] * s[i];
      ab[0] += r[i] * s[i];
    }
  }
  for (int k = 0; k < 8; k++) {
    sums.aa += aa[k];
    sums.bb += bb[k];
    sums.ab += ab[k];
  }
  sums.n += double(x1 - x0) * (y1 - y0);
}

}  // namespace

ThumbnailShift alignThumbnails(const PreparedFrame& previous, const PreparedFrame& current, Region region) {
  int level = 0;
  while (level + 1 < previous.pyramid.levels() &&
         std::max(previous.pyramid.level(level).width, previous.pyramid.level(level).height) > 48)
    level++;
  const Plane<const float> p = previous.pyramid.level(level);
  const int w = p.width, h = p.height, quarter = region == Region::sides ? w / 4 : w;
  thread_local std::vector<float> a, b;
  thumbnailGradients(p, a);
  thumbnailGradients(current.pyramid.level(level), b);
  const double all = double(std::min(w, 2 * quarter)) * h;
  ThumbnailShift best;
  double bestScore = -2;
  for (int sy = -(h / 2); sy <= h / 2; sy++) {
    for (int sx = -(w / 2); sx <= w / 2; sx++) {
      Sums sums;
      addOverlap(a.data(), b.data(), w, h, sx, sy, 0, quarter, sums);
      if (quarter < w) addOverlap(a.data(), b.data(), w, h, sx, sy, w - quarter, w, sums);
      if (sums.n < all / 4) continue;
      // A small overlap correlates well by chance: ask a little more of it.
      const double score = sums.correlation() - 0.2 * (1 - sums.n / all);
      if (score > bestScore) {
        bestScore = score;
        best = {sx * double(1 << level), sy * double(1 << level), score};
      }
    }
  }
  return best;
}

}  // namespace gimbal
