#include "pairs.hpp"

#include <algorithm>

#include "../model-selection/match-table.hpp"

namespace gimbal {

PairLayout pairLayout(const FrameLayout& frame) {
  PairLayout p;
  std::size_t end = 0;
  const auto take = [&](std::size_t bytes) {
    const std::size_t start = end;
    end += (bytes + 255) / 256 * 256;
    return start;
  };
  const int corners = frame.cornerCapacity;
  p.padded = (corners + 7) / 8 * 8;
  p.differenceLevel = std::min(1, frame.levels - 1);
  const LevelLayout& level = frame.level[p.differenceLevel];
  p.differenceArea = static_cast<double>(level.width) * level.height;
  p.blockCols = (level.width + 15) / 16;
  p.blockRows = (level.height + 15) / 16;
  while (p.thumbnail + 1 < frame.levels && std::max(frame.level[p.thumbnail].width, frame.level[p.thumbnail].height) > 48) p.thumbnail++;
  p.coarse = trackLevels(frame) > 2 ? 2 : 0;
  const LevelLayout& small = frame.level[p.thumbnail];
  const std::size_t shifts = (static_cast<std::size_t>(small.width) + 1) * (small.height + 1);
  p.state = take(sizeof(PairState));
  for (std::size_t& tracks : p.tracks) tracks = take(sizeof(Track) * corners);
  p.inlier = take(corners);
  p.evidence = take(kMatchBytes * p.padded);
  p.hypotheses = take(sizeof(Mat3) * kHypotheses);
  p.differences = take(2 * sizeof(double) * p.blockCols * p.blockRows);
  for (std::size_t& gradients : p.gradients) gradients = take(2 * sizeof(float) * small.width * small.height);
  p.scores = take(2 * sizeof(double) * shifts);
  p.bytes = end;
  return p;
}

int trackLevels(const FrameLayout& frame) {
  const int shorter = std::min(frame.level[0].width, frame.level[0].height);
  int levels = 1;
  while (levels < 4 && (shorter >> levels) >= 20) levels++;
  return levels;
}

}  // namespace gimbal
