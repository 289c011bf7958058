#pragma once
#include <cstdint>
#include <vector>

#include "../colour/colour.hpp"
#include "../features/features.hpp"
#include "../picture.hpp"

namespace gimbal::mosaic {

/// A square of a picture as size x size pixels of sRGB, three bytes each. What a pixel covers of the picture is averaged.
struct Crop {
  int left, top, size;
  bool mirrored;
};
void sampleTile(const Picture& picture, const ColourTags& tags, const Crop& crop, int size, std::uint8_t* rgb);

/// How tiles lie in a stream: planes one after the other, luma width x height, then Cb and Cr of the chroma's size; whole samples that are
/// not shifted, one byte each up to 8 bits, otherwise two.
struct TileShape {
  int width, height;
  int chromaWidth, chromaHeight;  // 0 without chroma
  int bytes;

  GIMBAL_HOST_DEVICE int samples() const { return width * height + 2 * chromaWidth * chromaHeight; }
  GIMBAL_HOST_DEVICE int planeStart(int plane) const { return plane == 0 ? 0 : width * height + (plane - 1) * chromaWidth * chromaHeight; }
};

/// Brings tiles (count squares of sRGB, as sampleTile makes them) to the cells' size and the stream's colour: centre crop to the cell's
/// shape, box filter, chroma times `saturation`. Also their features as cellFeatures has them, and their mean luma, Cb and Cr times 16.
void layTiles(const std::uint8_t* rgb, int count, int size, const ColourTags& tags, const TileShape& shape, float saturation, int side,
              unsigned char* samples, std::int16_t* features, std::int32_t* means, int threads);

/// Which of `count` tiles differ by at least `distance` (squared, summed over the features) from every one that was taken before.
std::vector<std::int32_t> distinctTiles(const std::int16_t* features, int count, int dimensions, std::int32_t distance);

}  // namespace gimbal::mosaic
