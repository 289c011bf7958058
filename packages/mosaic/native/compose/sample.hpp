#pragma once
#include "compose.hpp"

namespace gimbal::mosaic {

GIMBAL_HOST_DEVICE inline int tileSample(const Look& look, std::int32_t tile, int plane, int x, int y) {
  const int width = plane == 0 ? look.shape.width : look.shape.chromaWidth;
  const std::int64_t at = static_cast<std::int64_t>(tile) * look.shape.samples() + look.shape.planeStart(plane) + static_cast<std::int64_t>(y) * width + x;
  return look.shape.bytes == 1 ? look.tiles[at] : reinterpret_cast<const std::uint16_t*>(look.tiles)[at];
}

GIMBAL_HOST_DEVICE inline int corrected(const Look& look, const Laid& laid, int plane, int sample) {
  const int value = plane == 0 ? look.black + (((sample - look.black) * laid.gain + 2048) >> 12) : sample + (plane == 1 ? laid.cb : laid.cr);
  return value < 0 ? 0 : (value > look.most ? look.most : value);
}

/// The sample of a cell at (x, y) of its tile's plane.
GIMBAL_HOST_DEVICE inline int cellSample(const Look& look, const CellPicture& cell, int plane, int x, int y) {
  const int now = corrected(look, cell.now, plane, tileSample(look, cell.now.tile, plane, x, y));
  if (cell.weight >= 256) return now;
  const int before = corrected(look, cell.before, plane, tileSample(look, cell.before.tile, plane, x, y));
  return (now * cell.weight + before * (256 - cell.weight) + 128) >> 8;
}

GIMBAL_HOST_DEVICE inline int veiled(const Look& look, int sample, int source) {
  return (sample * (256 - look.veil) + source * look.veil + 128) >> 8;
}

/// Where in a tile's plane a cell's plane starts: the cell shows the tile's middle.
GIMBAL_HOST_DEVICE inline int inset(int tileExtent, int cellExtent) { return tileExtent > cellExtent ? (tileExtent - cellExtent) / 2 : 0; }

/// A cell's samples [from, to) along an axis of a plane.
GIMBAL_HOST_DEVICE inline void cellRange(int first, int last, int shift, int extent, int& from, int& to) {
  from = first >> shift;
  to = (last + (1 << shift) - 1) >> shift;
  if (to > extent) to = extent;
}

}  // namespace gimbal::mosaic
