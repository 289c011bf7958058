#pragma once
#include "features.hpp"

namespace gimbal::mosaic {

/// Chroma blocks [from, to) of sub-cell k of `side` within blocks [first, last); never empty where there is a block.
GIMBAL_HOST_DEVICE inline void subRange(int first, int last, int k, int side, int& from, int& to) {
  const int n = last - first;
  from = first + n * k / side;
  to = first + n * (k + 1) / side;
  if (to <= from) {
    if (from >= last) from = last - 1;
    to = from + 1;
  }
}

/// Sums over one sub-cell.
struct SubSums {
  std::int64_t l = 0, a = 0, b = 0;
  std::int64_t luma = 0, cb = 0, cr = 0;  // samples; luma of blocks times 16
  std::int64_t count = 0;
};

GIMBAL_HOST_DEVICE inline int roundedTo(float x) { return static_cast<int>(x < 0.0f ? x - 0.5f : x + 0.5f); }
GIMBAL_HOST_DEVICE inline std::int64_t roundedDivision(std::int64_t a, std::int64_t b) { return a >= 0 ? (a + b / 2) / b : -((-a + b / 2) / b); }

/// Mean luma of a chroma block, times 16, at the picture's edge of what there is.
GIMBAL_HOST_DEVICE inline int blockLuma(const Picture& picture, int bx, int by) {
  const int x0 = bx << picture.chromaShiftX, y0 = by << picture.chromaShiftY;
  const int x1 = x0 + (1 << picture.chromaShiftX) < picture.width ? x0 + (1 << picture.chromaShiftX) : picture.width;
  const int y1 = y0 + (1 << picture.chromaShiftY) < picture.height ? y0 + (1 << picture.chromaShiftY) : picture.height;
  int sum = 0;
  for (int y = y0; y < y1; y++) {
    for (int x = x0; x < x1; x++) sum += picture.at(0, x, y);
  }
  return sum * 16 / ((x1 - x0) * (y1 - y0));
}

/// Adds one block.
GIMBAL_HOST_DEVICE inline void addBlock(const Picture& picture, const Colour& colour, int bx, int by, SubSums& sums) {
  const int luma = blockLuma(picture, bx, by);
  const int middle = static_cast<int>(colour.chromaOffset);
  const int cb = picture.planes == 1 ? middle : picture.chroma(0, bx, by);
  const int cr = picture.planes == 1 ? middle : picture.chroma(1, bx, by);
  const Oklab lab = oklabOfSamples(colour, static_cast<float>(luma) * 0.0625f, static_cast<float>(cb), static_cast<float>(cr));
  sums.l += roundedTo(lab.l * kSumScale);
  sums.a += roundedTo(lab.a * kSumScale);
  sums.b += roundedTo(lab.b * kSumScale);
  sums.luma += luma;
  sums.cb += cb;
  sums.cr += cr;
  sums.count++;
}

/// A sum of kSumScale-ths as a feature.
GIMBAL_HOST_DEVICE inline std::int16_t featureOf(std::int64_t sum, std::int64_t count, int scale) {
  return static_cast<std::int16_t>(roundedDivision(sum * scale, count * static_cast<std::int64_t>(kSumScale)));
}

/// Whole chroma blocks of a cell.
GIMBAL_HOST_DEVICE inline int firstBlock(int border, int shift) { return border >> shift; }
GIMBAL_HOST_DEVICE inline int lastBlock(int border, int shift) { return (border + (1 << shift) - 1) >> shift; }

}  // namespace gimbal::mosaic
