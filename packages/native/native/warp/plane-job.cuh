// What the tiles of one plane share, and what its rows are made of.
#pragma once
#include "row-map.hpp"

namespace gimbal::warping {
namespace {

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
  /// Words may be read and pixels be written whole: source rows a multiple of 4 bytes apart, pixels at multiples of their size,
  /// the source less than 2^31 bytes.
  bool aligned;
  bool whole;   // aligned, and the source starts at a whole word
  bool gentle;  // chords stand for the curve on every row (gentle.hpp)

  __device__ bool mesh() const { return blocks != nullptr; }
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

/// The segment that a block of row v belongs to.
__device__ inline Segment segmentOf(const PlaneJob& plane, int v, int segment) {
  return plane.mesh() ? segmentAt(plane.job.map, v, segment, plane.job.dstWidth) : wholeRow(plane, v);
}

__device__ inline Block blockAt(const PlaneJob& plane, int index) {
  if (index >= plane.blockCount) return {0, 0, 0};
  if (plane.mesh()) return plane.blocks[index];
  const int left = plane.job.dstWidth - index * blockSize;
  return {index * blockSize, left < blockSize ? left : blockSize, 0};
}

}  // namespace
}  // namespace gimbal::warping
