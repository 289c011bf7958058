#pragma once
#include <vector>

#include "../lucas-kanade/lucas-kanade.hpp"
#include "../refine/refine.hpp"

namespace gimbal {

/// Cells in which the frame's evidence is counted.
constexpr int kCellCols = 8;
constexpr int kCellRows = 6;
constexpr int kCells = kCellCols * kCellRows;

/// The matches that tracks give, and which track each came from.
struct Evidence {
  std::vector<WeighedMatch> matches;
  std::vector<int> owner;
};

/// The cell, row by row, that a match of the previous frame lies in.
int cellOf(const Match& match, int width, int height);

/// Matches of the tracks that came home. In the vote for a motion a cell's matches weigh at most two together, and the more the
/// nearer the rim of the frame they lie: the background reaches the rim, the subject is usually in the middle.
void collectEvidence(const std::vector<Track>& tracks, int width, int height, Evidence& evidence);

/// Takes from every match what the motion's change across its window added to it (see Track::slopeX), given the map.
void straightenEvidence(const std::vector<Track>& tracks, const Mat3& h, Evidence& evidence);

/// Median displacement of the matches; the identity when there are none.
Mat3 medianShift(const Evidence& evidence);

}  // namespace gimbal
