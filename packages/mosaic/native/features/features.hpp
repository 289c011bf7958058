#pragma once
#include <cstdint>

#include "../colour/colour.hpp"
#include "../picture.hpp"

namespace gimbal::mosaic {

/// Where the cells of a picture lie. `x` has cols + 1 borders in luma pixels from 0 to the width, `y` rows + 1; all but the last are
/// multiples of the chroma subsampling.
struct Grid {
  int cols;
  int rows;
  const std::int32_t* x;
  const std::int32_t* y;
};

/// Oklab times this, rounded, is a feature: 4096 up to three sub-cells a side, 2048 beyond, so that squared distances fit 31 bits.
GIMBAL_HOST_DEVICE inline int featureScale(int side) { return side <= 3 ? 4096 : 2048; }

/// Sums of Oklab are kept as whole numbers of this part, so that their order does not matter.
constexpr float kSumScale = 16384.0f;

/// For every cell the mean Oklab colour of its side x side sub-cells: cols * rows * side * side * 3 numbers, in the order of cells, sub-cells
/// (row by row) and L, a, b. The colour is that of blocks of one chroma sample with the mean of their luma. A sub-cell without a block of its
/// own has the nearest one's. `means`: the cell's mean luma, Cb and Cr in samples times 16, for colour correction; 3 numbers a cell.
void cellFeatures(const Picture& picture, const Colour& colour, const Grid& grid, int side, std::int16_t* features, std::int32_t* means,
                  int threads);

}  // namespace gimbal::mosaic
