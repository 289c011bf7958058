// The loop over rows and blocks of sixteen pixels. Compiled once per instruction set; unnamed namespace.
#pragma once
#include <cstring>

#include "edge.hpp"
#include "lanes.hpp"
#include "rowMap.hpp"

namespace gimbal::warping {
namespace {

/// Rounds to the nearest 1/65536 px. Adding 1.5 * 2^52 leaves the rounded integer in the low bits: the same on every machine.
inline std::int32_t fixedPoint(double x) {
  const double moved = x * 65536.0 + 6755399441055744.0;
  std::uint64_t bits;
  std::memcpy(&bits, &moved, 8);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
}

inline bool near(const Point& p) { return p.seen && absolute(p.x) < farthest && absolute(p.y) < farthest; }

template <class L, class S, int P, int N>
struct RowLoop {
  const Job& job;

  static constexpr int reach = N / 2 - 1;

  bool inside(const Box& b) const {
    return b.left >= reach && b.top >= reach && b.right + N / 2 + L::template slack<S, P, N>() < job.srcWidth &&
           b.bottom + N / 2 < job.srcHeight && (b.bottom - b.top) * job.srcStride < (std::ptrdiff_t{1} << 30);
  }

  bool outside(const Box& b) const {
    return b.right + N / 2 < 0 || b.bottom + N / 2 < 0 || b.left - reach >= job.srcWidth || b.top - reach >= job.srcHeight;
  }

  void fill(S* out, int n) const {
    for (int i = 0; i < n * P; i++) out[i] = static_cast<S>(job.fill << job.shift);
  }

  template <class Coordinates>
  void block(const Box& box, const Coordinates& at, S* out, int n) const {
    if (n == blockSize) return L::template block<S, P, N>(job, box, at, out);
    S whole[blockSize * P];
    L::template block<S, P, N>(job, box, at, whole);
    std::memcpy(out, whole, n * P * sizeof(S));
  }

  static Box boxOf(std::int32_t x0, std::int32_t x1, std::int32_t y0, std::int32_t y1) {
    return {(x0 < x1 ? x0 : x1) >> 16, (x0 < x1 ? x1 : x0) >> 16, (y0 < y1 ? y0 : y1) >> 16, (y0 < y1 ? y1 : y0) >> 16};
  }

  /// `from` and `to` are the ends of the chord, blockSize samples apart.
  void chord(const Point& from, const Point& to, S* out, int n) const {
    Chord c{fixedPoint(from.x), 0, fixedPoint(from.y), 0};
    c.dx = fixedPoint(to.x) - c.x;
    c.dy = fixedPoint(to.y) - c.y;
    const Box box = boxOf(c.x, Chord::at(c.x, c.dx, blockSize - 1), c.y, Chord::at(c.y, c.dy, blockSize - 1));
    if (inside(box)) return block(box, c, out, n);
    if (job.border == 0 && outside(box)) return fill(out, n);
    for (int i = 0; i < n; i++) edgePixel<S>(job, P, Chord::at(c.x, c.dx, i), Chord::at(c.y, c.dy, i), out + i * P);
  }

  /// A coordinate far outside, brought near without changing what is read there.
  double broughtNear(double x, int n) const {
    if (absolute(x) < farthest) return x;
    if (job.border == 1 || n == 1) return x < 0 ? -farthest : farthest;
    const double period = 2.0 * (n - 1);
    if (!(absolute(x) < 1e15)) return 0;
    return x - period * static_cast<double>(static_cast<std::int64_t>(x / period));
  }

  void exact(const Segment& segment, int u, S* out, int n) const {
    double px[blockSize];
    double py[blockSize];
    bool seen[blockSize];
    bool allNear = true;
    for (int i = 0; i < blockSize; i++) {
      const Point p = segment.at(u + i);
      px[i] = p.x;
      py[i] = p.y;
      seen[i] = p.seen;
      allNear = allNear && near(p);
    }
    std::int32_t xs[blockSize];
    std::int32_t ys[blockSize];
    if (allNear) {
      for (int i = 0; i < blockSize; i++) {
        xs[i] = fixedPoint(px[i]);
        ys[i] = fixedPoint(py[i]);
      }
      Box box = boxOf(xs[0], xs[0], ys[0], ys[0]);
      for (int i = 1; i < blockSize; i++) {
        const Box one = boxOf(xs[i], xs[i], ys[i], ys[i]);
        box.left = box.left < one.left ? box.left : one.left;
        box.right = box.right > one.right ? box.right : one.right;
        box.top = box.top < one.top ? box.top : one.top;
        box.bottom = box.bottom > one.bottom ? box.bottom : one.bottom;
      }
      if (inside(box)) return block(box, Listed{xs, ys}, out, n);
    }
    for (int i = 0; i < n; i++) {
      const bool far = !(absolute(px[i]) < farthest && absolute(py[i]) < farthest);
      const bool nowhere = !seen[i] || px[i] != px[i] || py[i] != py[i] || (far && job.border == 0);
      if (nowhere) {
        fill(out + i * P, 1);
      } else {
        const double x = broughtNear(px[i], job.srcWidth);
        const double y = broughtNear(py[i], job.srcHeight);
        edgePixel<S>(job, P, fixedPoint(x), fixedPoint(y), out + i * P);
      }
    }
  }

  void row(int v) const {
    S* out = reinterpret_cast<S*>(job.dst + v * job.dstStride);
    eachSegment(job.map, v, job.dstWidth, [&](const Segment& segment) {
      // At most half a code value along each axis, between black and white neighbours.
      const bool straight = segment.straight(0.5 / (1 << job.bits));
      Point next = segment.at(segment.from);
      for (int u = segment.from; u < segment.to; u += blockSize) {
        const int n = segment.to - u < blockSize ? segment.to - u : blockSize;
        const Point here = next;
        next = segment.at(u + blockSize);
        // 1024 px over one block: beyond that the chord's product would not fit 32 bits.
        const bool fits = near(here) && near(next) && absolute(next.x - here.x) < 1024 && absolute(next.y - here.y) < 1024;
        if (straight && fits) {
          chord(here, next, out + u * P, n);
        } else {
          exact(segment, u, out + u * P, n);
        }
      }
    });
  }
};

template <class L, class S, int P>
void rowsOf(const Job& job, int from, int to) {
  for (int v = from; v < to; v++) {
    switch (job.taps) {
      case 2: RowLoop<L, S, P, 2>{job}.row(v); break;
      case 4: RowLoop<L, S, P, 4>{job}.row(v); break;
      default: RowLoop<L, S, P, 6>{job}.row(v); break;
    }
  }
}

template <class L>
void rowsWith(const Job& job, int sampleBytes, int channels, int from, int to) {
  if (sampleBytes == 1) {
    channels == 1 ? rowsOf<L, std::uint8_t, 1>(job, from, to) : rowsOf<L, std::uint8_t, 2>(job, from, to);
  } else {
    channels == 1 ? rowsOf<L, std::uint16_t, 1>(job, from, to) : rowsOf<L, std::uint16_t, 2>(job, from, to);
  }
}

}  // namespace
}  // namespace gimbal::warping
