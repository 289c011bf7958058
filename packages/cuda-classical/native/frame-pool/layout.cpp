#include "layout.hpp"

#include <algorithm>

#include "../model-selection/weighted-matches.hpp"
#include "../prepare/prepare.hpp"
#include "../shi-tomasi/cuda.hpp"

namespace gimbal {
namespace {

/// Takes the next `bytes` on a boundary that suits every kind of access.
std::size_t take(std::size_t& end, std::size_t bytes) {
  const std::size_t start = end;
  end += (bytes + 255) / 256 * 256;
  return start;
}

}  // namespace

FrameLayout frameLayout(int sourceWidth, int sourceHeight, int longSide, int corners) {
  FrameLayout f;
  const AnalysisSize size = analysisSize(sourceWidth, sourceHeight, longSide);
  f.sourceWidth = sourceWidth;
  f.sourceHeight = sourceHeight;
  f.cornerCapacity = corners;
  std::size_t end = 0;
  for (int w = size.width, h = size.height; f.levels < kMaxLevels; w = (w + 1) / 2, h = (h + 1) / 2) {
    if (f.levels > 0 && std::min(w, h) < 8) break;
    const int pitch = (w + 2 * kPadding + 31) / 32 * 32;
    const std::size_t start = take(end, sizeof(float) * pitch * (h + 2 * kPadding));
    f.level[f.levels++] = {static_cast<int>(start / sizeof(float)) + kPadding * pitch + kPadding, w, h, pitch};
  }
  f.corners = take(end, sizeof(Corner) * corners);
  f.cornerCount = take(end, sizeof(int));
  f.statistics = take(end, 2 * sizeof(double));
  f.trust = take(end, sizeof(CellTrust));
  f.bytes = end;
  return f;
}

PrepareLayout prepareLayout(const FrameLayout& f) {
  PrepareLayout p;
  const std::size_t w = f.level[0].width, h = f.level[0].height;
  const CornerOptions options;
  const int step = std::max(options.spacing, 3);
  const auto tilesAlong = [&](int n) { return std::max(0, (n - 2 * options.margin + step - 1) / step); };
  p.tileCols = tilesAlong(f.level[0].width);
  p.tileRows = tilesAlong(f.level[0].height);
  const std::size_t tiles = std::max(1, p.tileCols * p.tileRows);
  std::size_t end = 0;
  p.products = take(end, 3 * sizeof(float) * w * h);
  p.strength = take(end, sizeof(float) * w * h);
  p.tiles = take(end, sizeof(int) * tiles);
  p.found = take(end, sizeof(Candidate) * tiles);
  p.sorted = take(end, sizeof(Candidate) * tiles);
  p.neighbours = take(end, 8 * sizeof(int) * tiles);
  p.strongest = take(end, sizeof(int) * tiles);
  p.state = take(end, tiles);
  p.counts = take(end, 4 * sizeof(int));
  p.bytes = end;
  p.resized = (sizeof(float) * w * h + 255) / 256 * 256;
  return p;
}

}  // namespace gimbal
