#pragma once
#include <cstdint>

#include "../features/features.hpp"
#include "../picture.hpp"
#include "../tiles/tiles.hpp"

namespace gimbal::mosaic {

/// One tile with its colour correction: luma (above black) times gain / 4096, chroma plus an offset in samples.
struct Laid {
  std::int32_t tile;
  std::int32_t gain;
  std::int32_t cb;
  std::int32_t cr;
};

/// What a cell shows: `now`, over `before` where weight is less than 256 (of 256).
struct CellPicture {
  Laid now;
  Laid before;
  std::int32_t weight;
};

/// What is the same for all cells of a picture.
struct Look {
  const unsigned char* tiles;  // as layTiles writes them
  TileShape shape;
  std::int32_t black;  // luma of black
  std::int32_t most;   // the largest sample
  std::int32_t veil;   // of 256: how much of the source shows through
};

/// Fills every sample of `target`: each cell from its tiles, centred where the cell is smaller than a tile. `source` has the target's shape;
/// it is read only where there is a veil.
void compose(const Picture& source, const Picture& target, const Grid& grid, const Look& look, const CellPicture* cells, int threads);

}  // namespace gimbal::mosaic
