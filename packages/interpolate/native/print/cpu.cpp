#include <atomic>
#include <cmath>
#include <vector>

#include <parallel/parallel.hpp>

#include "../sample.hpp"
#include "print.hpp"

namespace gimbal::interpolate {

namespace {

/// Of 255.
constexpr float ALIKE = 10;
/// Pixels that the camera must have moved by.
constexpr double STILL = 1.5;
/// Steepness of an edge, of 255 a pixel.
constexpr float STEEP = 16;
/// How far apart the slopes of a standing edge may be in both frames, of the steeper one.
constexpr float SLOPES = 0.5f;
/// Edges that stand in a square of 17 pixels, at least: what is printed has many, a coincidence few.
constexpr int MANY = 24;

/// Of 255: how far apart the frames must be where the camera would carry the edge.
constexpr float UNLIKE = 16;

inline Point twice(const double* half, double x, double y) {
  const Point once = project(half, x, y);
  const Point end = project(half, once.x, once.y);
  return {bounded(end.x), bounded(end.y)};
}

/// Sums over squares of 2r + 1 pixels, of a map of zeros and ones, at most 255.
void boxSums(const std::vector<unsigned char>& map, int w, int h, int r, std::vector<unsigned char>& out, int threads) {
  std::vector<unsigned char> rows(map.size());
  parallelFor(0, h, 16, threads, [&](int from, int to) {
    for (int y = from; y < to; y++) {
      const unsigned char* in = map.data() + static_cast<std::size_t>(y) * w;
      unsigned char* row = rows.data() + static_cast<std::size_t>(y) * w;
      int sum = 0;
      for (int x = 0; x < std::min(r, w); x++) sum += in[x];
      for (int x = 0; x < w; x++) {
        if (x + r < w) sum += in[x + r];
        if (x - r - 1 >= 0) sum -= in[x - r - 1];
        row[x] = static_cast<unsigned char>(sum);
      }
    }
  });
  parallelFor(0, h, 16, threads, [&](int from, int to) {
    for (int y = from; y < to; y++) {
      const int top = std::max(0, y - r), bottom = std::min(h - 1, y + r);
      for (int x = 0; x < w; x++) {
        int sum = 0;
        for (int j = top; j <= bottom; j++) sum += rows[static_cast<std::size_t>(j) * w + x];
        out[static_cast<std::size_t>(y) * w + x] = static_cast<unsigned char>(std::min(sum, 255));
      }
    }
  });
}

template <class T>
long find(const Picture& first, const Picture& second, const double* toFirst, const double* toSecond, unsigned char* mask, int threads) {
  const int w = first.width(), h = first.height();
  const std::size_t area = static_cast<std::size_t>(w) * h;
  const float scale = first.scale() * 255;
  std::vector<unsigned char> alike(area), edges(area), near(area);
  parallelFor(0, h, 8, threads, [&](int from, int to) {
    for (int y = from; y < to; y++) {
      const int up = std::max(0, y - 1), down = std::min(h - 1, y + 1);
      for (int x = 0; x < w; x++) {
        const std::size_t i = static_cast<std::size_t>(y) * w + x;
        const float a = codeAt<T>(first.plane[0], first.shift, x, y), b = codeAt<T>(second.plane[0], second.shift, x, y);
        if (std::abs(a - b) * scale > ALIKE) continue;
        alike[i] = 1;
        const int left = std::max(0, x - 1), right = std::min(w - 1, x + 1);
        float slope[2][2];
        const Picture* pictures[2] = {&first, &second};
        for (int k = 0; k < 2; k++) {
          const Samples& s = pictures[k]->plane[0];
          const int shift = pictures[k]->shift;
          slope[k][0] = (codeAt<T>(s, shift, right, y) - codeAt<T>(s, shift, left, y)) * scale / 2;
          slope[k][1] = (codeAt<T>(s, shift, x, down) - codeAt<T>(s, shift, x, up)) * scale / 2;
        }
        const float steep = std::max(std::hypot(slope[0][0], slope[0][1]), std::hypot(slope[1][0], slope[1][1]));
        if (steep < STEEP || std::hypot(slope[0][0] - slope[1][0], slope[0][1] - slope[1][1]) > SLOPES * steep) continue;
        // Where the camera carries the pixel, from either frame into the other: half of the way, twice.
        const Point forth = twice(toSecond, x, y), back = twice(toFirst, x, y);
        if (std::hypot(forth.x - x, forth.y - y) <= STILL) continue;
        const float carried = std::abs(bilinear<T>(second.plane[0], second.shift, forth.x, forth.y) - a) +
                              std::abs(bilinear<T>(first.plane[0], first.shift, back.x, back.y) - b);
        if (carried * scale > 2 * UNLIKE) edges[i] = 1;
      }
    }
  });
  std::vector<unsigned char> around(area);
  boxSums(edges, w, h, 2, near, threads);
  boxSums(edges, w, h, 8, around, threads);
  for (std::size_t i = 0; i < area; i++) edges[i] = near[i] >= 3 && around[i] >= MANY ? 1 : 0;
  boxSums(edges, w, h, 3, near, threads);
  long found = 0;
  for (std::size_t i = 0; i < area; i++) {
    alike[i] = alike[i] != 0 && near[i] > 0 ? 1 : 0;
    found += alike[i];
  }
  // What surrounds print is mixed with it.
  boxSums(alike, w, h, 2, near, threads);
  for (std::size_t i = 0; i < area; i++) mask[i] = alike[i] != 0 ? 1 : near[i] > 0 ? 2 : 0;
  return found;
}

}  // namespace

long findPrint(const Picture& first, const Picture& second, const double* toFirst, const double* toSecond, unsigned char* mask, int threads) {
  if (first.bytes == 1) return find<std::uint8_t>(first, second, toFirst, toSecond, mask, threads);
  return find<std::uint16_t>(first, second, toFirst, toSecond, mask, threads);
}

}  // namespace gimbal::interpolate
