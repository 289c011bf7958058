// The loop over rows and blocks of sixteen pixels. Compiled once per instruction set; unnamed namespace.
#pragma once
#include <cstring>

#include "chord-ends.hpp"
#include "edge.hpp"
#include "lanes.hpp"
#include "row-map.hpp"

namespace gimbal::warping {
namespace {

template <class L, class S, int P, int N>
struct RowLoop {
  const Job& job;

  static constexpr int reach = N / 2 - 1;
  static constexpr int rowsAhead = N + 6;

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
  GIMBAL_INLINE void block(const Box& box, const Coordinates& at, S* out, int n) const {
    // Frames come from memory, not from a cache: ask for rows below while these are worked on.
    L::prefetch(job.src + (box.top + rowsAhead) * job.srcStride + box.left * static_cast<std::ptrdiff_t>(P * sizeof(S)));
    if (n == blockSize) return L::template block<S, P, N>(job, box, at, out);
    S whole[blockSize * P];
    L::template block<S, P, N>(job, box, at, whole);
    std::memcpy(out, whole, n * P * sizeof(S));
  }

  static Box boxOf(std::int32_t x0, std::int32_t x1, std::int32_t y0, std::int32_t y1) {
    return {(x0 < x1 ? x0 : x1) >> 16, (x0 < x1 ? x1 : x0) >> 16, (y0 < y1 ? y0 : y1) >> 16, (y0 < y1 ? y1 : y0) >> 16};
  }

  void chord(const Chord& c, S* out, int n) const {
    const Box box = boxOf(c.x, Chord::at(c.x, c.dx, blockSize - 1), c.y, Chord::at(c.y, c.dy, blockSize - 1));
    if (inside(box)) return block(box, c, out, n);
    if (job.border == 0 && outside(box)) return fill(out, n);
    for (int i = 0; i < n; i++) edgePixel<S>(job, P, Chord::at(c.x, c.dx, i), Chord::at(c.y, c.dy, i), out + i * P);
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
      allNear = allNear && p.seen && near(p.x, p.y);
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
      if (nowhere({px[i], py[i], seen[i]}, job.border)) {
        fill(out + i * P, 1);
      } else {
        const double x = broughtNear(px[i], job.srcWidth, job.border);
        const double y = broughtNear(py[i], job.srcHeight, job.border);
        edgePixel<S>(job, P, fixedPoint(x), fixedPoint(y), out + i * P);
      }
    }
  }

  static int left(const Segment& segment, int u) { return segment.to - u < blockSize ? segment.to - u : blockSize; }

  /// What a steady block needs: its taps and one row below them inside the source, and few enough samples side by side.
  SteadyBounds steadyBounds() const {
    return {reach * 65536, (job.srcWidth - N / 2) * 65536, reach * 65536, (job.srcHeight - N / 2 - 1) * 65536,
            L::template longestSteady<S, P, N> * 65536};
  }

  void oneChord(const ChordEnds& ends, int i, S* out, int n) const {
    chord({ends.x[i], ends.x[i + 1] - ends.x[i], ends.y[i], ends.y[i + 1] - ends.y[i]}, out, n);
  }

  void chords(const Segment& segment, const ChordEnds& ends, S* out) const {
    const int count = chordEndCount(segment) - 1;
    out += segment.from * P;
    int i = 0;
    if constexpr (L::template longestSteady<S, P, N> >= blockSize) {
      const bool wide = job.srcWidth * static_cast<int>(P * sizeof(S)) >= L::steadyBytes;
      const int whole = wide ? (segment.to - segment.from) / blockSize : 0;
      std::int32_t steady[ChordEnds::most];
      ends.markSteady(steadyBounds(), whole, steady);
      while (i < whole) {
        int run = 0;
        while (steady[i + run] != 0) run++;
        if (run > 0) L::template steady<S, P, N>(job, ends.x + i, ends.y + i, run, rowsAhead, out + i * blockSize * P);
        i += run;
        if (i == whole) break;
        oneChord(ends, i, out + i * blockSize * P, blockSize);
        i++;
      }
    }
    for (; i < count; i++) oneChord(ends, i, out + i * blockSize * P, left(segment, segment.from + i * blockSize));
  }

  void row(int v) const {
    S* out = reinterpret_cast<S*>(job.dst + v * job.dstStride);
    eachSegment(job.map, v, job.dstWidth, [&](const Segment& segment) {
      if (segment.straight(chordTolerance(job.bits))) {
        const ChordEnds ends(segment);
        if (ends.fit) return chords(segment, ends, out);
      }
      for (int u = segment.from; u < segment.to; u += blockSize) exact(segment, u, out + u * P, left(segment, u));
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
