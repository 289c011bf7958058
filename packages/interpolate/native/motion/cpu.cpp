#include <cmath>
#include <vector>

#include <parallel/parallel.hpp>

#include "../sample.hpp"
#include "motion.hpp"

namespace gimbal::interpolate {

namespace {

template <class T>
void halfRows(const Picture& p, const double* m, int columns, int rows, float* out, int from, int to) {
  const std::size_t area = static_cast<std::size_t>(columns) * rows;
  const float scale = p.scale();
  for (int y = from; y < to; y++) {
    for (int x = 0; x < columns; x++) {
      float* cell = out + static_cast<std::size_t>(y) * columns + x;
      for (int k = 0; k < 4; k++) {
        const Point at = project(m, 2 * x + k % 2, 2 * y + k / 2);
        cell[k * area] = bilinear<T>(p.plane[0], p.shift, bounded(at.x), bounded(at.y)) * scale - 0.5f;
      }
      if (p.planes == 1) {
        cell[4 * area] = cell[5 * area] = 0;
        continue;
      }
      const Point at = project(m, 2 * x + 0.5, 2 * y + 0.5);
      for (int c = 1; c < 3; c++) {
        const Samples& s = p.plane[c];
        const double px = inPlane(bounded(at.x), p.width(), s.width), py = inPlane(bounded(at.y), p.height(), s.height);
        cell[(3 + c) * area] = bilinear<T>(s, p.shift, px, py) * scale - 0.5f;
      }
    }
  }
}

/// Four weights and places of a bilinear fetch from a map.
struct Fetch {
  int at[4];
  float weight[4];
};

inline Fetch fetchAt(float px, float py, int columns, int rows) {
  const float x = std::clamp(px, 0.0f, static_cast<float>(columns - 1)), y = std::clamp(py, 0.0f, static_cast<float>(rows - 1));
  const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
  const int x1 = std::min(x0 + 1, columns - 1), y1 = std::min(y0 + 1, rows - 1);
  const float fx = x - static_cast<float>(x0), fy = y - static_cast<float>(y0);
  return {{y0 * columns + x0, y0 * columns + x1, y1 * columns + x0, y1 * columns + x1},
          {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy}};
}

inline float fetched(const float* map, const Fetch& f) {
  return map[f.at[0]] * f.weight[0] + map[f.at[1]] * f.weight[1] + map[f.at[2]] * f.weight[2] + map[f.at[3]] * f.weight[3];
}

/// Bilinear enlargement by two of one channel's row; cells cover areas.
void enlargeRow(const float* map, int columns, int rows, int y, float* out) {
  const float sy = std::max(0.0f, (static_cast<float>(y) + 0.5f) / 2 - 0.5f);
  for (int x = 0; x < 2 * columns; x++) {
    const float sx = std::max(0.0f, (static_cast<float>(x) + 0.5f) / 2 - 0.5f);
    out[x] = fetched(map, fetchAt(sx, sy, columns, rows));
  }
}

GIMBAL_WIDE void addProducts(const float* a, const float* b, float* sum, int count) {
  for (int i = 0; i < count; i++) sum[i] += a[i] * b[i];
}

}  // namespace

void halfPicture(const Picture& picture, const double* matrix, int columns, int rows, float* out, int threads) {
  parallelFor(0, rows, 8, threads, [&](int from, int to) {
    if (picture.bytes == 1) halfRows<std::uint8_t>(picture, matrix, columns, rows, out, from, to);
    else halfRows<std::uint16_t>(picture, matrix, columns, rows, out, from, to);
  });
}

void lookAt(const Level& l, float* seen, float* enlarged, int threads) {
  const int w = l.columns, h = l.rows, c = l.channels, r = l.radius, n = (2 * r + 1) * (2 * r + 1);
  const std::size_t area = static_cast<std::size_t>(w) * h;
  float* features = seen + n * area;  // both, fetched
  if (l.said != nullptr) {
    const int cw = w / 2, ch = h / 2;
    const std::size_t coarse = static_cast<std::size_t>(cw) * ch;
    std::vector<float> before(4 * coarse);
    for (std::size_t i = 0; i < before.size(); i++) before[i] = l.flow[i] + l.said[i] * static_cast<float>(2 * l.stride);
    float* flows = features + 2 * c * area;
    parallelFor(0, h, 4, threads, [&](int from, int to) {
      for (int y = from; y < to; y++) {
        const std::size_t row = static_cast<std::size_t>(y) * w;
        for (int k = 0; k < 4; k++) {
          float* flow = enlarged + k * area + row;
          enlargeRow(before.data() + k * coarse, cw, ch, y, flow);
          for (int x = 0; x < w; x++) flows[k * area + row + x] = flow[x] / 32;
        }
        for (int k = 0; k < l.context; k++) enlargeRow(l.said + (4 + k) * coarse, cw, ch, y, flows + (4 + k) * area + row);
        for (int side = 0; side < 2; side++) {
          const float* fx = enlarged + (2 * side) * area + row;
          const float* fy = fx + area;
          for (int x = 0; x < w; x++) {
            const Fetch f = fetchAt(static_cast<float>(x) + fx[x] / static_cast<float>(l.stride),
                                    static_cast<float>(y) + fy[x] / static_cast<float>(l.stride), w, h);
            for (int k = 0; k < c; k++) features[(side * c + k) * area + row + x] = fetched(l.features + (side * c + k) * area, f);
          }
        }
      }
    });
  } else {
    std::copy(l.features, l.features + 2 * c * area, features);
    std::fill(enlarged, enlarged + 4 * area, 0.0f);
  }
  const float scale = 1 / std::sqrt(static_cast<float>(c));
  parallelFor(0, h, 2, threads, [&](int from, int to) {
    for (int y = from; y < to; y++) {
      for (int d = 0; d < n; d++) {
        const int dx = d % (2 * r + 1) - r, dy = d / (2 * r + 1) - r;
        float* sum = seen + d * area + static_cast<std::size_t>(y) * w;
        std::fill(sum, sum + w, 0.0f);
        const int first = std::abs(dx), last = w - std::abs(dx);
        if (y - dy < 0 || y - dy >= h || y + dy < 0 || y + dy >= h || first >= last) continue;
        for (int k = 0; k < c; k++) {
          const float* a = features + k * area + static_cast<std::size_t>(y - dy) * w - dx;
          const float* b = features + (c + k) * area + static_cast<std::size_t>(y + dy) * w + dx;
          addProducts(a + first, b + first, sum + first, last - first);
        }
        for (int x = first; x < last; x++) sum[x] *= scale;
      }
    }
  });
}

void addStep(float* flow, const float* said, int rows, int columns, int stride) {
  const std::size_t count = 4 * static_cast<std::size_t>(rows) * columns;
  for (std::size_t i = 0; i < count; i++) flow[i] += said[i] * static_cast<float>(stride);
}

}  // namespace gimbal::interpolate
