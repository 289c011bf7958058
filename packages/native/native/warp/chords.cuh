// The chords of a plane (float64, once per 16 pixels) and what may be done with each. Which pixel comes from where is
// rowMap.hpp's, word for word.
#pragma once
#include "plane-job.cuh"
#include "taps.cuh"

namespace gimbal::warping {
namespace {

/// What may be done with the pixels of a chord: inside, all their taps are; filled, none are and the fill shows; edge, some may
/// be; exact, the chord does not stand for the curve.
enum Kind : unsigned char { inside = 0, filled = 1, edge = 2, exact = 3 };

__device__ inline bool chordsServe(const Segment& s, int bits) {
  return s.straight(chordTolerance(bits)) && chordsFit(s, [&](int i) { return s.at(s.from + i * blockSize); });
}

__device__ inline int2 fixedEnd(const Point& p) { return {fixedPoint(p.x), fixedPoint(p.y)}; }

/// The chord of a block: x, dx, y, dy.
__device__ inline int4 chordOf(const Segment& s, int u) {
  const int2 from = fixedEnd(s.at(u));
  const int2 to = fixedEnd(s.at(u + blockSize));
  return {from.x, to.x - from.x, from.y, to.y - from.y};
}

/// Whole pixels that the coordinates along a chord lie in.
struct Range {
  int low;
  int high;
};

__device__ inline Range along(std::int32_t first, std::int32_t delta) {
  const std::int32_t last = first + ((delta * (blockSize - 1) + 8) >> 4);
  return {(first < last ? first : last) >> 16, (first < last ? last : first) >> 16};
}

template <class S, int P, int N, int slack = Taps<S, P, N>::slack>
__device__ inline bool tapsInside(const PlaneJob& plane, const Range& x, const Range& y) {
  constexpr int reach = N / 2 - 1;
  return plane.aligned && x.low >= reach && y.low >= reach && x.high + N / 2 + slack < plane.job.srcWidth &&
         y.high + N / 2 < plane.job.srcHeight;
}

/// What may be done with the sixteen pixels of a chord (phaseBias not added).
template <class S, int P, int N, int slack = Taps<S, P, N>::slack>
__device__ inline Kind kindOf(const PlaneJob& plane, const int4& chord) {
  constexpr int reach = N / 2 - 1;
  const Range biasedX = along(chord.x + phaseBias<N>, chord.y);
  const Range biasedY = along(chord.z + phaseBias<N>, chord.w);
  if (tapsInside<S, P, N, slack>(plane, biasedX, biasedY)) return inside;
  const Range x = along(chord.x, chord.y);
  const Range y = along(chord.z, chord.w);
  const bool outside =
      x.high + N / 2 < 0 || y.high + N / 2 < 0 || x.low - reach >= plane.job.srcWidth || y.low - reach >= plane.job.srcHeight;
  return plane.job.border == 0 && outside ? filled : edge;
}

/// Adds phaseBias and tells what may be done with the chord.
template <class S, int P, int N, int slack = Taps<S, P, N>::slack>
__device__ inline Kind placed(const PlaneJob& plane, int4& chord) {
  const Kind kind = kindOf<S, P, N, slack>(plane, chord);
  chord.x += phaseBias<N>;
  chord.z += phaseBias<N>;
  return kind;
}

/// The chord of a block of row v, and whether it serves, where that is not known beforehand. Out of the way of the others'
/// registers, as exactPlace is.
__device__ __noinline__ bool harderChord(const PlaneJob& plane, int v, const Block& block, int4& chord) {
  if (!plane.mesh()) {
    const Segment s = wholeRow(plane, v);
    if (!chordsServe(s, plane.job.bits)) return false;
    chord = chordOf(s, block.u);
    return true;
  }
  if (plane.chordsServe[v * (plane.job.map.cols + 1) + block.segment] == 0) return false;
  chord = chordOf(segmentAt(plane.job.map, v, block.segment, plane.job.dstWidth), block.u);
  return true;
}

/// Coordinates of pixel `lane` on a chord, as lanes.hpp's Chord has them.
__device__ inline int2 onChord(const int4& chord, int lane) {
  return {chord.x + ((chord.y * lane + 8) >> 4), chord.z + ((chord.w * lane + 8) >> 4)};
}

}  // namespace
}  // namespace gimbal::warping
