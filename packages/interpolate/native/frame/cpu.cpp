#include <atomic>
#include <cmath>
#include <vector>

#include <parallel/parallel.hpp>

#include "../sample.hpp"
#include "frame.hpp"

namespace gimbal::interpolate {

namespace {

/// Flows at a place of the middle camera, in luma pixels; the map is (4, rows, columns) at stride 4.
struct Flows {
  float v[4];
};

inline void mapFetch(const float* map, int channels, std::size_t area, float px, float py, int columns, int rows, float* out) {
  const float x = std::clamp(px, 0.0f, static_cast<float>(columns - 1)), y = std::clamp(py, 0.0f, static_cast<float>(rows - 1));
  const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
  const int dx = x0 + 1 < columns ? 1 : 0, dy = y0 + 1 < rows ? columns : 0;
  const float fx = x - static_cast<float>(x0), fy = y - static_cast<float>(y0);
  const float a = (1 - fx) * (1 - fy), b = fx * (1 - fy), c = (1 - fx) * fy, d = fx * fy;
  const float* p = map + static_cast<std::size_t>(y0) * columns + x0;
  for (int k = 0; k < channels; k++, p += area) out[k] = p[0] * a + p[dx] * b + p[dy] * c + p[dx + dy] * d;
}

struct Places {
  Point first;
  Point second;
  Flows flows;
};

/// Where a pixel of the made frame lies in both frames.
inline Places placesOf(const Pair& pair, const float* timed, double x, double y) {
  const Point m = project(pair.toMiddle, x, y);
  Places places{};
  if (timed != nullptr) {
    const auto mx = static_cast<float>((bounded(m.x) + 0.5) / 4 - 0.5), my = static_cast<float>((bounded(m.y) + 0.5) / 4 - 0.5);
    mapFetch(timed, 4, static_cast<std::size_t>(pair.columns) * pair.rows, mx, my, pair.columns, pair.rows, places.flows.v);
  }
  const float* f = places.flows.v;
  places.first = project(pair.toFirst, m.x + f[0], m.y + f[1]);
  places.second = project(pair.toSecond, m.x + f[2], m.y + f[3]);
  places.first = {bounded(places.first.x), bounded(places.first.y)};
  places.second = {bounded(places.second.x), bounded(places.second.y)};
  return places;
}

inline bool inside(const Picture& p, const Point& at) {
  return at.x >= -0.5 && at.x < p.width() - 0.5 && at.y >= -0.5 && at.y < p.height() - 0.5;
}

/// Whether a place in a frame is covered by what stands on the screen.
inline bool covered(const Pair& pair, const Point& at) {
  if (pair.print == nullptr) return false;
  const int w = pair.first->width(), h = pair.first->height();
  const int x = std::clamp(static_cast<int>(at.x + 0.5), 0, w - 1), y = std::clamp(static_cast<int>(at.y + 0.5), 0, h - 1);
  return pair.print[static_cast<std::size_t>(y) * w + x] != 0;
}

template <class T>
inline float chromaAt(const Picture& p, int plane, const Point& at) {
  const Samples& s = p.plane[plane];
  return bicubic<T>(s, p.shift, inPlane(at.x, p.width(), s.width), inPlane(at.y, p.height(), s.height));
}

template <class T>
void fetchRows(const Pair& pair, const float* timed, float* seen, int from, int to) {
  const int w = pair.columns * 2, h = pair.rows * 2;
  const std::size_t area = static_cast<std::size_t>(w) * h;
  const Picture* pictures[2] = {pair.first, pair.second};
  for (int y = from; y < to; y++) {
    for (int x = 0; x < w; x++) {
      float* cell = seen + static_cast<std::size_t>(y) * w + x;
      for (int k = 0; k < 4; k++) {
        const Places at = placesOf(pair, timed, 2 * x + k % 2, 2 * y + k / 2);
        const Point* points[2] = {&at.first, &at.second};
        for (int side = 0; side < 2; side++) {
          const Picture& p = *pictures[side];
          cell[(6 * side + k) * area] = bicubic<T>(p.plane[0], p.shift, points[side]->x, points[side]->y) * p.scale() - 0.5f;
        }
      }
      const Places at = placesOf(pair, timed, 2 * x + 0.5, 2 * y + 0.5);
      const Point* points[2] = {&at.first, &at.second};
      for (int side = 0; side < 2; side++) {
        const Picture& p = *pictures[side];
        for (int c = 1; c < 3; c++) {
          cell[(6 * side + 3 + c) * area] = p.planes == 1 ? 0.0f : chromaAt<T>(p, c, *points[side]) * p.scale() - 0.5f;
        }
        cell[(12 + side) * area] = inside(p, *points[side]) && !covered(pair, *points[side]) ? 1.0f : 0.0f;
      }
      for (int k = 0; k < 4; k++) cell[(14 + k) * area] = at.flows.v[k] / 32;
      cell[18 * area] = pair.t;
    }
  }
}

bool isIdentity(const double* m) {
  static constexpr double one[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  return std::equal(one, one + 9, m);
}

/// Flows and context at t: q = x - (t - 1/2) v(q) in two steps, where v is the motion over the whole interval.
void carryToTime(const Pair& pair, float* timed, float* context, int threads) {
  const int w = pair.columns, h = pair.rows;
  const std::size_t area = static_cast<std::size_t>(w) * h;
  std::vector<float> motion(2 * area);
  for (std::size_t i = 0; i < 2 * area; i++) motion[i] = (pair.flow[2 * area + i] - pair.flow[i]) / 4;
  const float late = pair.t - 0.5f;
  const bool still = isIdentity(pair.toMiddle);
  parallelFor(0, h, 4, threads, [&](int from, int to) {
    std::vector<float> found(static_cast<std::size_t>(pair.channels));
    for (int y = from; y < to; y++) {
      for (int x = 0; x < w; x++) {
        const std::size_t i = static_cast<std::size_t>(y) * w + x;
        const auto sourceOf = [&](float gx, float gy, float* q) {
          float v[2];
          mapFetch(motion.data(), 2, area, gx, gy, w, h, v);
          mapFetch(motion.data(), 2, area, gx - late * v[0], gy - late * v[1], w, h, v);
          q[0] = gx - late * v[0];
          q[1] = gy - late * v[1];
        };
        float q[2], f[4];
        sourceOf(static_cast<float>(x), static_cast<float>(y), q);
        mapFetch(pair.flow, 4, area, q[0], q[1], w, h, f);
        timed[i] = f[0] * 2 * pair.t;
        timed[area + i] = f[1] * 2 * pair.t;
        timed[2 * area + i] = f[2] * (2 - 2 * pair.t);
        timed[3 * area + i] = f[3] * (2 - 2 * pair.t);
        if (!still) {
          // The context belongs to the made frame's own pixels.
          const Point m = project(pair.toMiddle, 4 * x + 1.5, 4 * y + 1.5);
          sourceOf(static_cast<float>((bounded(m.x) + 0.5) / 4 - 0.5), static_cast<float>((bounded(m.y) + 0.5) / 4 - 0.5), q);
        }
        mapFetch(pair.context, pair.channels, area, q[0], q[1], w, h, found.data());
        for (int k = 0; k < pair.channels; k++) context[k * area + i] = found[static_cast<std::size_t>(k)];
      }
    }
  });
}

/// Cells that differ by less than this (of 255) between the frames may show something that stands still.
constexpr float ALIKE = 2;

/// Whether a pixel comes from less than a pixel away in both frames.
inline bool nearlyStill(const Pair& pair, const float* timed, double x, double y) {
  const Places at = placesOf(pair, timed, x, y);
  return std::abs(at.first.x - x) < 1 && std::abs(at.first.y - y) < 1 && std::abs(at.second.x - x) < 1 && std::abs(at.second.y - y) < 1;
}

inline float sigmoid(float v) { return 1 / (1 + std::exp(-v)); }

/// The first picture's share.
inline float shareOf(float said, float t, float insideFirst, float insideSecond) {
  const float weight = sigmoid(said);
  const float a = weight * (1 - t) * (insideFirst + 1e-3f), b = (1 - weight) * t * (insideSecond + 1e-3f);
  return a / (a + b + 1e-6f);
}

inline float mixed(float share, float a, float b, float residual, float margin) {
  const float made = share * a + (1 - share) * b + residual;
  return std::clamp(made, std::min(a, b) - margin, std::max(a, b) + margin);
}

template <class T>
inline void put(const Picture& p, int plane, int x, int y, float value) {
  const Samples& s = p.plane[plane];
  if (x >= s.width || y >= s.height) return;
  const float most = static_cast<float>((1 << p.bitDepth) - 1);
  const float code = std::clamp((value + 0.5f) / p.scale(), 0.0f, most);
  reinterpret_cast<T*>(s.data + y * s.stride)[x * s.step] = static_cast<T>(static_cast<int>(code + 0.5f) << p.shift);
}

}  // namespace

void fetchPair(const Pair& pair, float* seen, float* timed, float* context, int threads) {
  const bool moving = pair.flow != nullptr;
  if (moving) carryToTime(pair, timed, context, threads);
  parallelFor(0, pair.rows * 2, 4, threads, [&](int from, int to) {
    if (pair.first->bytes == 1) fetchRows<std::uint8_t>(pair, moving ? timed : nullptr, seen, from, to);
    else fetchRows<std::uint16_t>(pair, moving ? timed : nullptr, seen, from, to);
  });
}

namespace {

template <class T>
Made mix(const Pair& pair, const float* seen, const float* timed, const float* said, float margin, bool guard, const Picture& target, int threads) {
  const int w = pair.columns * 2, h = pair.rows * 2;
  const int shownW = (target.width() + 1) / 2, shownH = (target.height() + 1) / 2;
  const std::size_t area = static_cast<std::size_t>(w) * h;
  const Picture &first = *pair.first, &second = *pair.second;
  std::vector<float> fetchedApart(area), screenApart(area);
  std::vector<unsigned char> kept(area);
  const auto each = [&](int rows, const std::function<void(int)>& row) {
    parallelFor(0, rows, 4, threads, [&](int from, int to) {
      for (int y = from; y < to; y++) row(y);
    });
  };
  each(shownH, [&](int y) {
    for (int x = 0; x < shownW; x++) {
      const std::size_t i = static_cast<std::size_t>(y) * w + x;
      float far = 0, near = 0;
      for (int k = 0; k < 4; k++) {
        far += std::abs(seen[k * area + i] - seen[(6 + k) * area + i]);
        const int px = std::min(2 * x + k % 2, target.width() - 1), py = std::min(2 * y + k / 2, target.height() - 1);
        near += std::abs(codeAt<T>(first.plane[0], first.shift, px, py) - codeAt<T>(second.plane[0], second.shift, px, py)) * first.scale();
      }
      const bool both = seen[12 * area + i] > 0 && seen[13 * area + i] > 0;
      fetchedApart[i] = both ? far * (255.0f / 4) : -1;
      screenApart[i] = near * (255.0f / 4);
    }
  });
  // A pair that shows the same everywhere has no motion, whatever was found in it.
  std::atomic<bool> still{true};
  each(shownH, [&](int y) {
    const float* row = screenApart.data() + static_cast<std::size_t>(y) * w;
    if (std::any_of(row, row + shownW, [](float apart) { return apart >= ALIKE; })) still = false;
  });
  each(shownH, [&](int y) {
    for (int x = 0; x < shownW; x++) {
      const std::size_t i = static_cast<std::size_t>(y) * w + x;
      const bool keep = guard && (still || (screenApart[i] < ALIKE && nearlyStill(pair, timed, 2 * x + 0.5, 2 * y + 0.5)));
      int prints = 0;
      for (int k = 0; k < 4; k++) {
        const int px = 2 * x + k % 2, py = 2 * y + k / 2;
        if (px >= target.width() || py >= target.height()) continue;
        const bool print = guard && pair.print != nullptr && pair.print[static_cast<std::size_t>(py) * target.width() + px] == 1;
        prints += print ? 1 : 0;
        if (keep || print) {
          const float a = codeAt<T>(first.plane[0], first.shift, px, py), b = codeAt<T>(second.plane[0], second.shift, px, py);
          put<T>(target, 0, px, py, ((1 - pair.t) * a + pair.t * b) * first.scale() - 0.5f);
          continue;
        }
        const float share = shareOf(said != nullptr ? said[k * area + i] : 0.0f, pair.t, seen[12 * area + i], seen[13 * area + i]);
        put<T>(target, 0, px, py,
               mixed(share, seen[k * area + i], seen[(6 + k) * area + i], said != nullptr ? said[(5 + k) * area + i] : 0.0f, margin));
      }
      kept[i] = keep || prints >= 2 ? 1 : 0;
    }
  });
  if (target.planes == 3) {
    const Samples& plane = target.plane[1];
    const bool half = plane.width == shownW && plane.height == shownH;
    each(plane.height, [&](int y) {
      for (int x = 0; x < plane.width; x++) {
        // The cell at half size that the sample lies in.
        const int cx = half ? x : std::min(shownW - 1, x * target.width() / (2 * plane.width));
        const int cy = half ? y : std::min(shownH - 1, y * target.height() / (2 * plane.height));
        const std::size_t i = static_cast<std::size_t>(cy) * w + cx;
        const float share = shareOf(said != nullptr ? said[4 * area + i] : 0.0f, pair.t, seen[12 * area + i], seen[13 * area + i]);
        const auto at = [&] {
          return placesOf(pair, timed, inPlane(x, plane.width, target.width()), inPlane(y, plane.height, target.height()));
        };
        const Places places = half ? Places{} : at();
        for (int c = 1; c < 3; c++) {
          float value;
          if (kept[i] != 0) {
            const float a = codeAt<T>(first.plane[c], first.shift, x, y), b = codeAt<T>(second.plane[c], second.shift, x, y);
            value = ((1 - pair.t) * a + pair.t * b) * first.scale() - 0.5f;
          } else {
            const float a = half ? seen[(3 + c) * area + i] : chromaAt<T>(first, c, places.first) * first.scale() - 0.5f;
            const float b = half ? seen[(9 + c) * area + i] : chromaAt<T>(second, c, places.second) * second.scale() - 0.5f;
            value = mixed(share, a, b, said != nullptr ? said[(8 + c) * area + i] : 0.0f, margin);
          }
          put<T>(target, c, x, y, value);
        }
      }
    });
  }
  Made made;
  double total = 0, guarded = 0, covered = 0;
  long counted = 0, blocks = 0, poor = 0;
  for (int by = 0; by < shownH; by += 8) {
    for (int bx = 0; bx < shownW; bx += 8) {
      double sum = 0;
      long count = 0;
      for (int y = by; y < std::min(by + 8, shownH); y++) {
        for (int x = bx; x < std::min(bx + 8, shownW); x++) {
          const std::size_t i = static_cast<std::size_t>(y) * w + x;
          guarded += kept[i];
          covered += seen[12 * area + i] > 0 || seen[13 * area + i] > 0 ? 1 : 0;
          if (fetchedApart[i] < 0 || kept[i] != 0) continue;
          sum += fetchedApart[i];
          count++;
        }
      }
      total += sum;
      counted += count;
      if (count >= 16) blocks++, poor += sum > POOR * static_cast<double>(count) ? 1 : 0;
    }
  }
  const double cells = static_cast<double>(shownW) * shownH;
  made.difference = counted > 0 ? total / static_cast<double>(counted) : 0;
  made.poor = blocks > 0 ? static_cast<double>(poor) / static_cast<double>(blocks) : 0;
  made.guarded = guarded / cells;
  made.seen = covered / cells;
  return made;
}

}  // namespace

Made mixPair(const Pair& pair, const float* seen, const float* timed, const float* said, float margin, bool guard, const Picture& target,
             int threads) {
  const float* flows = pair.flow != nullptr ? timed : nullptr;
  if (target.bytes == 1) return mix<std::uint8_t>(pair, seen, flows, said, margin, guard, target, threads);
  return mix<std::uint16_t>(pair, seen, flows, said, margin, guard, target, threads);
}

}  // namespace gimbal::interpolate
