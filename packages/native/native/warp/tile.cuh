// One tile of output, 2 chords wide and 16 rows high, by one warp: every thread finds one chord (float64, once per 16 pixels), then
// the warp goes over the rows, a pixel each. Which pixel comes from where is rowMap.hpp's, word for word.
#pragma once
#include "edge.hpp"
#include "rowMap.hpp"
#include "taps.cuh"

namespace gimbal::warping {
namespace {

constexpr int tileChords = 2;
constexpr int tileRows = 16;
constexpr int tileThreads = tileChords * tileRows;  // one chord each, and one pixel of a row each

/// A block of at most sixteen pixels of one segment of a mesh.
struct Block {
  int u;
  int count;
  int segment;
};

/// What the tiles of one plane share. `job.weights` is the CPU's table.
struct PlaneJob {
  Job job;
  double homography[9];              // of a 1x1 grid; else job.map.homographies is in device memory
  const Block* blocks;               // of a mesh, left to right; null for a 1x1 grid
  const unsigned char* chordsServe;  // of a mesh: for every row and segment, whether chords stand for the curve
  int blockCount;
  int dstHeight;
  int channels;
  int tilesAcross;
  int firstTile;
  /// Words may be read and pixels be written whole: source rows a multiple of 4 bytes apart, pixels at multiples of their size, the
  /// source less than 2^31 bytes.
  bool aligned;
  bool whole;   // aligned, and the source starts at a whole word
  bool gentle;  // chords stand for the curve on every row (gentle.hpp)

  __device__ bool mesh() const { return blocks != nullptr; }
};

enum Kind : unsigned char { inside = 0, filled = 1, edge = 2, exact = 3, none = 4 };

/// The kernel weights that all warps of a block share.
template <int N>
constexpr int tableWords = N == 2 ? 4 : phaseCount * (N == 4 ? 2 : 4);

__device__ inline Segment wholeRow(const PlaneJob& plane, int v) {
  Segment s;
  s.from = 0;
  s.to = plane.job.dstWidth;
  s.columns = 1;
  s.rows = 1;
  s.line[0][0] = Line::of(plane.homography, v);
  s.below = s.right = s.rightStep = 0;
  return s;
}

__device__ inline bool chordsServe(const Segment& s, int bits) {
  return s.straight(chordTolerance(bits)) && chordsFit(s, [&](int i) { return s.at(s.from + i * blockSize); });
}

__device__ inline Block blockAt(const PlaneJob& plane, int index) {
  if (index >= plane.blockCount) return {0, 0, 0};
  if (plane.mesh()) return plane.blocks[index];
  const int left = plane.job.dstWidth - index * blockSize;
  return {index * blockSize, left < blockSize ? left : blockSize, 0};
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
  if (tapsInside<S, P, N, slack>(plane, along(chord.x + phaseBias<N>, chord.y), along(chord.z + phaseBias<N>, chord.w))) return inside;
  const Range x = along(chord.x, chord.y);
  const Range y = along(chord.z, chord.w);
  const bool outside = x.high + N / 2 < 0 || y.high + N / 2 < 0 || x.low - reach >= plane.job.srcWidth ||
                       y.low - reach >= plane.job.srcHeight;
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

/// The segment that a block of row v belongs to.
__device__ inline Segment segmentOf(const PlaneJob& plane, int v, int segment) {
  return plane.mesh() ? segmentAt(plane.job.map, v, segment, plane.job.dstWidth) : wholeRow(plane, v);
}

/// The chord of a block of row v, and whether it serves, where that is not known beforehand. Out of the way of the others' registers,
/// as the two that follow.
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

/// Where pixel (u, v) comes from, divided out; false when it shows the fill.
__device__ __noinline__ bool exactPlace(const PlaneJob& plane, int u, int v, int segment, int2& place) {
  const Job& job = plane.job;
  const Point p = plane.mesh() ? segmentOf(plane, v, segment).at(u) : Line::of(plane.homography, v).at(u);
  if (nowhere(p, job.border)) return false;
  place = {fixedPoint(broughtNear(p.x, job.srcWidth, job.border)), fixedPoint(broughtNear(p.y, job.srcHeight, job.border))};
  return true;
}

template <class S>
__device__ void fillPixel(const Job& job, int channels, S* out) {
  for (int i = 0; i < channels; i++) out[i] = static_cast<S>(job.fill << job.shift);
}

/// A pixel of any kind; of any but `exact` where the plane is gentle.
template <class S, int P, int N, bool Gentle = false>
__device__ inline void anyPixel(const PlaneJob& plane, const std::uint32_t* table, Kind kind, int x, int y, int u, int v,
                                int segment) {
  const Job& job = plane.job;
  unsigned char* at = job.dst + v * job.dstStride + u * Taps<S, P, N>::pixelBytes;
  S* out = reinterpret_cast<S*>(at);
  if (kind == filled) return fillPixel(job, P, out);
  if constexpr (!Gentle) {
    if (kind == exact) {
      int2 place;
      if (!exactPlace(plane, u, v, segment, place)) return fillPixel(job, P, out);
      x = place.x + phaseBias<N>;
      y = place.y + phaseBias<N>;
      if (tapsInside<S, P, N>(plane, along(x, 0), along(y, 0))) kind = inside;
    }
  }
  if (kind == inside) return putPixel<S, P>(insidePixel<S, P, N>(sourceOf<S, P, N>(job), table, x, y), at);
  edgePixel<S>(job, P, x - phaseBias<N>, y - phaseBias<N>, out);
}

/// Coordinates of pixel `lane` on a chord, as lanes.hpp's Chord has them.
__device__ inline int2 onChord(const int4& chord, int lane) {
  return {chord.x + ((chord.y * lane + 8) >> 4), chord.z + ((chord.w * lane + 8) >> 4)};
}

/// Step 1: thread by thread one chord of the tile, phaseBias added, and what is to be done with it.
template <class S, int P, int N>
__device__ inline Kind chordOfTile(const PlaneJob& plane, int tileX, int tileY, int thread, int4& chord) {
  const Block block = blockAt(plane, tileX * tileChords + thread % tileChords);
  const int v = tileY * tileRows + thread / tileChords;
  chord = {0, 0, 0, 0};
  if (v >= plane.dstHeight || block.count == 0) return none;
  if (plane.gentle) {
    chord = chordOf(wholeRow(plane, v), block.u);
  } else if (!harderChord(plane, v, block, chord)) {
    return exact;
  }
  return placed<S, P, N>(plane, chord);
}

constexpr int rowsTogether = 4;

/// Whether all chords of the group of rows that `row` belongs to lie inside. `insides`: a bit per chord.
__device__ inline bool allInside(unsigned insides, int row) {
  constexpr unsigned all = (1u << (rowsTogether * tileChords)) - 1;
  return (insides >> (row / rowsTogether * rowsTogether * tileChords) & all) == all;
}

/// Step 2: a column of pixels by each thread, so that a warp reads and writes along rows; the rows that lie inside.
template <class S, int P, int N>
__device__ inline void insideRows(const PlaneJob& plane, const std::uint32_t* table, int tileX, int tileY, int thread, unsigned insides,
                                  const int4 (&chords)[tileThreads]) {
  const int lane = thread % blockSize;
  const int c = thread / blockSize;
  const Block block = blockAt(plane, tileX * tileChords + c);
  const Source source = sourceOf<S, P, N>(plane.job);
  const std::ptrdiff_t stride = plane.job.dstStride;
  unsigned char* line = plane.job.dst + tileY * tileRows * stride + (block.u + lane) * Taps<S, P, N>::pixelBytes;
#pragma unroll 1
  for (int row = 0; row < tileRows; row += rowsTogether, line += rowsTogether * stride) {
    if (!allInside(insides, row)) continue;
    std::uint32_t pixel[rowsTogether];
#pragma unroll
    for (int r = 0; r < rowsTogether; r++) {
      const int2 at = onChord(chords[(row + r) * tileChords + c], lane);
      pixel[r] = insidePixel<S, P, N>(source, table, at.x, at.y);
    }
    if (lane >= block.count) continue;
#pragma unroll
    for (int r = 0; r < rowsTogether; r++) putPixel<S, P>(pixel[r], line + r * stride);
  }
}

/// Step 3: the other rows, pixel by pixel.
template <class S, int P, int N>
__device__ __noinline__ void otherRows(const PlaneJob& plane, const std::uint32_t* table, int tileX, int tileY, int thread,
                                       unsigned insides, const unsigned char* kinds, const int4* chords) {
  const int lane = thread % blockSize;
  const int c = thread / blockSize;
  const Block block = blockAt(plane, tileX * tileChords + c);
  if (lane >= block.count) return;
#pragma unroll 1
  for (int row = 0; row < tileRows; row++) {
    const auto kind = static_cast<Kind>(kinds[row * tileChords + c]);
    if (kind == none || allInside(insides, row)) continue;
    const int2 at = onChord(chords[row * tileChords + c], lane);
    anyPixel<S, P, N>(plane, table, kind, at.x, at.y, block.u + lane, tileY * tileRows + row, block.segment);
  }
}

}  // namespace
}  // namespace gimbal::warping
