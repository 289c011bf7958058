#include <algorithm>

#include <parallel/parallel.hpp>

#include "sample.hpp"

namespace gimbal::mosaic {
namespace {

/// One cell's row of one plane; T is how the target keeps samples, S how tiles do.
template <class T, class S>
void cellRow(const Look& look, const CellPicture& cell, int plane, const S* now, const S* before, int count, const T* source, T* out,
             int step, int shift) {
  const int gain = plane == 0 ? cell.now.gain : 4096, gainBefore = plane == 0 ? cell.before.gain : 4096;
  const int offset = plane == 0 ? 0 : (plane == 1 ? cell.now.cb : cell.now.cr);
  const int offsetBefore = plane == 0 ? 0 : (plane == 1 ? cell.before.cb : cell.before.cr);
  const int black = plane == 0 ? look.black : 0;
  const int weight = cell.weight;
  for (int x = 0; x < count; x++) {
    int value = std::clamp(black + (((now[x] - black) * gain + 2048) >> 12) + offset, 0, look.most);
    if (weight < 256) {
      const int earlier = std::clamp(black + (((before[x] - black) * gainBefore + 2048) >> 12) + offsetBefore, 0, look.most);
      value = (value * weight + earlier * (256 - weight) + 128) >> 8;
    }
    if (look.veil > 0) value = veiled(look, value, source[x * step] >> shift);
    out[x * step] = static_cast<T>(value << shift);
  }
}

template <class T, class S>
void rowsOf(const Picture& source, const Picture& target, const Grid& grid, const Look& look, const CellPicture* cells, int r) {
  for (int plane = 0; plane < (target.planes == 1 ? 1 : 3); plane++) {
    const int sx = plane == 0 ? 0 : target.chromaShiftX, sy = plane == 0 ? 0 : target.chromaShiftY;
    const int width = plane == 0 ? target.width : target.chromaWidth(), height = plane == 0 ? target.height : target.chromaHeight();
    const int tileWidth = plane == 0 ? look.shape.width : look.shape.chromaWidth;
    const int tileHeight = plane == 0 ? look.shape.height : look.shape.chromaHeight;
    const bool pairs = target.planes == 2 && plane > 0;
    const int p = pairs ? 1 : plane, step = pairs ? 2 : 1, lane = pairs ? plane - 1 : 0;
    int y0, y1;
    cellRange(grid.y[r], grid.y[r + 1], sy, height, y0, y1);
    const S* tiles = reinterpret_cast<const S*>(look.tiles);
    for (int y = y0; y < y1; y++) {
      T* out = reinterpret_cast<T*>(target.plane[p].data + y * target.plane[p].stride) + lane;
      const T* in = look.veil > 0 ? reinterpret_cast<const T*>(source.plane[p].data + y * source.plane[p].stride) + lane : out;
      const int ty = y - y0 + inset(tileHeight, y1 - y0);
      for (int c = 0; c < grid.cols; c++) {
        int x0, x1;
        cellRange(grid.x[c], grid.x[c + 1], sx, width, x0, x1);
        const CellPicture& cell = cells[static_cast<std::size_t>(r) * grid.cols + c];
        const std::int64_t at = look.shape.planeStart(plane) + static_cast<std::int64_t>(ty) * tileWidth + inset(tileWidth, x1 - x0);
        cellRow<T, S>(look, cell, plane, tiles + static_cast<std::int64_t>(cell.now.tile) * look.shape.samples() + at,
                      tiles + static_cast<std::int64_t>(cell.before.tile) * look.shape.samples() + at, x1 - x0, in + x0 * step,
                      out + x0 * step, step, target.shift);
      }
    }
  }
}

}  // namespace

void compose(const Picture& source, const Picture& target, const Grid& grid, const Look& look, const CellPicture* cells, int threads) {
  parallelFor(0, grid.rows, 1, threads, [&](int from, int to) {
    for (int r = from; r < to; r++) {
      if (target.bytes == 1) {
        rowsOf<std::uint8_t, std::uint8_t>(source, target, grid, look, cells, r);
      } else {
        rowsOf<std::uint16_t, std::uint16_t>(source, target, grid, look, cells, r);
      }
    }
  });
}

}  // namespace gimbal::mosaic
