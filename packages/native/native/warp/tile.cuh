// One tile of output, 8 chords wide and 32 rows high, by 256 threads in three steps with a barrier between: the ends of the chords
// (float64, once per 16 pixels), the chords themselves, the pixels. Which pixel comes from where is rowMap.hpp's, word for word.
#pragma once
#include "edge.hpp"
#include "rowMap.hpp"
#include "taps.cuh"

namespace gimbal::warping {
namespace {

constexpr int tileChords = 8;
constexpr int tileRows = 32;
constexpr int tileThreads = 256;

/// A block of at most sixteen pixels of one segment of a mesh.
struct Block {
  int u;
  int count;
  int segment;
};

/// What the tiles of one plane share. `job.weights` is the CPU's table.
struct PlaneJob {
  Job job;
  double homography[9];               // of a 1x1 grid; else job.map.homographies is in device memory
  const Block* blocks;                // of a mesh, left to right; null for a 1x1 grid
  const unsigned char* chordsServe;   // of a mesh: for every row and segment, whether chords stand for the curve
  int blockCount;
  int dstHeight;
  int channels;
  int tilesAcross;
  int firstTile;
  /// Words may be read and pixels be written whole: source rows a multiple of 4 bytes apart, pixels at multiples of their size.
  bool aligned;

  __device__ bool mesh() const { return blocks != nullptr; }
};

enum Kind : unsigned char { inside = 0, filled = 1, edge = 2, exact = 3, none = 4 };

template <int N>
struct Tile {
  static constexpr int tableWords = N == 2 ? 4 : phaseCount * (N == 4 ? 2 : 4);
  alignas(16) std::uint32_t table[tableWords];
  int4 chord[tileRows][tileChords];       // x, dx, y, dy; phaseBias added
  int2 end[tileRows][tileChords + 1];
  unsigned char kind[tileChords][tileRows];  // a column of four kinds is one word
  bool serve[tileRows];
};

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

/// Step 1, one homography for the plane: the left ends of all chords, the right ends of the last, and which rows chords serve.
template <int N>
__device__ void endsOfTile(const PlaneJob& plane, int tileX, int tileY, int thread, Tile<N>& tile) {
  const int row = thread / tileChords;
  const int c = thread % tileChords;
  const Segment s = wholeRow(plane, tileY * tileRows + row);
  tile.end[row][c] = fixedEnd(s.at((tileX * tileChords + c) * blockSize));
  if (thread < tileRows) {
    tile.end[thread][tileChords] = fixedEnd(wholeRow(plane, tileY * tileRows + thread).at((tileX + 1) * tileChords * blockSize));
  } else if (thread < 2 * tileRows) {
    const int other = thread - tileRows;
    tile.serve[other] = chordsServe(wholeRow(plane, tileY * tileRows + other), plane.job.bits);
  }
}

/// Both ends of a chord of a mesh. Out of the way of the others' registers.
__device__ __noinline__ int4 meshEnds(const PlaneJob& plane, int v, const Block& block) {
  const Segment s = segmentAt(plane.job.map, v, block.segment, plane.job.dstWidth);
  const int2 from = fixedEnd(s.at(block.u));
  const int2 to = fixedEnd(s.at(block.u + blockSize));
  return {from.x, from.y, to.x, to.y};
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

template <class S, int P, int N>
__device__ inline bool tapsInside(const PlaneJob& plane, const Range& x, const Range& y) {
  constexpr int reach = N / 2 - 1;
  constexpr int slack = Taps<S, P, N>::slack;
  return (plane.aligned || Taps<S, P, N>::bytewise) && x.low >= reach && y.low >= reach && x.high + N / 2 + slack < plane.job.srcWidth &&
         y.high + N / 2 < plane.job.srcHeight;
}

/// What may be done with the sixteen pixels of a chord (phaseBias not added).
template <class S, int P, int N>
__device__ Kind kindOf(const PlaneJob& plane, const int4& chord) {
  constexpr int reach = N / 2 - 1;
  if (tapsInside<S, P, N>(plane, along(chord.x + phaseBias<N>, chord.y), along(chord.z + phaseBias<N>, chord.w))) return inside;
  const Range x = along(chord.x, chord.y);
  const Range y = along(chord.z, chord.w);
  const bool outside = x.high + N / 2 < 0 || y.high + N / 2 < 0 || x.low - reach >= plane.job.srcWidth ||
                       y.low - reach >= plane.job.srcHeight;
  return plane.job.border == 0 && outside ? filled : edge;
}

/// Step 2: thread by thread one chord of the tile, and what is to be done with it.
template <class S, int P, int N>
__device__ void chordOfTile(const PlaneJob& plane, int tileX, int tileY, int thread, Tile<N>& tile) {
  const int row = thread / tileChords;
  const int c = thread % tileChords;
  const int v = tileY * tileRows + row;
  const Block block = blockAt(plane, tileX * tileChords + c);
  Kind kind = none;
  int4 chord{0, 0, 0, 0};
  if (v < plane.dstHeight && block.count > 0) {
    int2 from = tile.end[row][c];
    int2 to = tile.end[row][c + 1];
    bool serves;
    if (plane.mesh()) {
      serves = plane.chordsServe[v * (plane.job.map.cols + 1) + block.segment] != 0;
      if (serves) {
        const int4 ends = meshEnds(plane, v, block);
        from = {ends.x, ends.y};
        to = {ends.z, ends.w};
      }
    } else {
      serves = tile.serve[row];
    }
    if (serves) {
      chord = {from.x, to.x - from.x, from.y, to.y - from.y};
      kind = kindOf<S, P, N>(plane, chord);
      chord.x += phaseBias<N>;
      chord.z += phaseBias<N>;
    } else {
      kind = exact;
    }
  }
  tile.chord[row][c] = chord;
  tile.kind[c][row] = kind;
}

template <class S>
__device__ void fillPixel(const Job& job, int channels, S* out) {
  for (int i = 0; i < channels; i++) out[i] = static_cast<S>(job.fill << job.shift);
}

/// A pixel at or beyond the border, or off any chord. Rare, so out of the way of the others' registers.
template <class S, int P, int N>
__device__ __noinline__ void slowPixel(const PlaneJob& plane, const std::uint32_t* table, Kind kind, int x, int y, int u, int v,
                                       int segment, S* out) {
  const Job& job = plane.job;
  if (kind == filled) return fillPixel(job, P, out);
  if (kind == exact) {
    const Segment s = plane.mesh() ? segmentAt(job.map, v, segment, job.dstWidth) : wholeRow(plane, v);
    const Point p = s.at(u);
    if (nowhere(p, job.border)) return fillPixel(job, P, out);
    x = fixedPoint(broughtNear(p.x, job.srcWidth, job.border));
    y = fixedPoint(broughtNear(p.y, job.srcHeight, job.border));
    const int bx = x + phaseBias<N>;
    const int by = y + phaseBias<N>;
    if (tapsInside<S, P, N>(plane, along(bx, 0), along(by, 0))) return insidePixel<S, P, N>(job, table, bx, by, out);
  }
  edgePixel<S>(job, P, x, y, out);
}

/// Coordinates of pixel `lane` on a chord, as lanes.hpp's Chord has them.
__device__ inline int2 onChord(const int4& chord, int lane) {
  return {chord.x + ((chord.y * lane + 8) >> 4), chord.z + ((chord.w * lane + 8) >> 4)};
}

/// Step 3: a column of pixels of the tile by each thread, so that a warp reads and writes along rows.
template <class S, int P, int N>
__device__ void pixelsOfTile(const PlaneJob& plane, int tileX, int tileY, int thread, const Tile<N>& tile) {
  const Job& job = plane.job;
  const int lane = thread % blockSize;
  const int c = thread / blockSize % tileChords;
  const Block block = blockAt(plane, tileX * tileChords + c);
  if (lane >= block.count) return;
  const int u = block.u + lane;
  constexpr int share = tileRows * tileChords * blockSize / tileThreads;  // rows of a thread
  const int first = thread / (tileChords * blockSize) * share;
  unsigned char* line = job.dst + (tileY * tileRows + first) * job.dstStride + u * Taps<S, P, N>::pixelBytes;
  for (int row = first; row < first + share; row += 4, line += 4 * job.dstStride) {
    if (*reinterpret_cast<const std::uint32_t*>(&tile.kind[c][row]) == inside) {
#pragma unroll
      for (int r = 0; r < 4; r++) {
        const int2 at = onChord(tile.chord[row + r][c], lane);
        insidePixel<S, P, N>(job, tile.table, at.x, at.y, reinterpret_cast<S*>(line + r * job.dstStride));
      }
    } else {
#pragma unroll 1
      for (int r = 0; r < 4; r++) {
        const auto kind = static_cast<Kind>(tile.kind[c][row + r]);
        if (kind == none) continue;
        const int2 at = onChord(tile.chord[row + r][c], lane);
        S* out = reinterpret_cast<S*>(line + r * job.dstStride);
        if (kind == inside) {
          insidePixel<S, P, N>(job, tile.table, at.x, at.y, out);
        } else {
          slowPixel<S, P, N>(plane, tile.table, kind, at.x - phaseBias<N>, at.y - phaseBias<N>, u, tileY * tileRows + row + r,
                             block.segment, out);
        }
      }
    }
  }
}

}  // namespace
}  // namespace gimbal::warping
