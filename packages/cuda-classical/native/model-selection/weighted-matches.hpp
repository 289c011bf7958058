#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "../lucas-kanade/lucas-kanade.hpp"
#include "../refine/refine.hpp"

namespace gimbal {

/// Cells in which the frame's evidence is counted.
constexpr int kCellCols = 8;
constexpr int kCellRows = 6;
constexpr int kCells = kCellCols * kCellRows;

/// Per cell, 0..1: how much of it moved with the camera in the pairs before. One everywhere when nothing is known.
using CellTrust = std::array<float, kCells>;
constexpr CellTrust unknownTrust() {
  CellTrust trust{};
  for (float& cell : trust) cell = 1;
  return trust;
}

/// The matches that tracks give, and which track each came from.
struct WeightedMatches {
  std::vector<WeightedMatch> matches;
  std::vector<int> owner;
};

/// The cell, row by row, that a match of the previous frame lies in.
int cellOf(const Match& match, int width, int height);

/// Matches of the tracks that came home. In the vote for a motion a cell's matches weigh at most two together, and the more the
/// nearer the rim of the frame they lie: the background reaches the rim, the subject is usually in the middle. Cells that did not
/// move with the camera before have less of a say.
void weightMatches(const std::vector<Track>& tracks, int width, int height, const CellTrust& trust, WeightedMatches& evidence);

/// What a pair's answer makes of the trust: cells of the current frame, from where the tracks arrived and whether they followed `h`.
CellTrust updatedTrust(const std::vector<Track>& tracks, const std::vector<std::uint8_t>& inlier, int width, int height,
                       const CellTrust& before);

/// Takes from every match what the motion's change across its window added to it (see Track::slopeX), given the map.
void removeWindowBias(const std::vector<Track>& tracks, const Mat3& h, WeightedMatches& evidence);

/// Median displacement of the matches; the identity when there are none.
Mat3 medianShift(const WeightedMatches& evidence);

}  // namespace gimbal
