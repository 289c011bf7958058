#include "weighted-matches.hpp"

#include <algorithm>
#include <cmath>

namespace gimbal {
namespace {

/// Vote of a match in a cell that never moved with the camera.
constexpr float kLeastVote = 0.3f;
/// The trust of the pairs before counts as much as so many tracks: it is forgotten within a few frames.
constexpr float kMemory = 16;

}  // namespace

int cellOf(const Match& match, int width, int height) {
  const int c = std::clamp(static_cast<int>(match.x * kCellCols / width), 0, kCellCols - 1);
  const int r = std::clamp(static_cast<int>(match.y * kCellRows / height), 0, kCellRows - 1);
  return r * kCellCols + c;
}

void weightMatches(const std::vector<Track>& tracks, int width, int height, const CellTrust& trust, WeightedMatches& evidence) {
  evidence.matches.clear();
  evidence.owner.clear();
  int counts[kCells] = {};
  for (std::size_t i = 0; i < tracks.size(); i++) {
    const Track& t = tracks[i];
    if (!t.ok) continue;
    WeightedMatch m;
    m.match = {t.x, t.y, t.u, t.v, 1};
    std::copy(t.info, t.info + 3, m.info);
    m.noise = t.residual;
    evidence.matches.push_back(m);
    evidence.owner.push_back(static_cast<int>(i));
    counts[cellOf(m.match, width, height)]++;
  }
  for (WeightedMatch& m : evidence.matches) {
    const double x = 2.0 * m.match.x / width - 1, y = 2.0 * m.match.y / height - 1;
    const double out = std::max(std::fabs(x), std::fabs(y));
    const int cell = cellOf(m.match, width, height);
    const float count = static_cast<float>(counts[cell]);
    m.match.weight = std::min(1.0f, 2 / count) * static_cast<float>(0.6 + out * out) * (kLeastVote + (1 - kLeastVote) * trust[cell]);
    m.weight = std::min(1.0f, 8 / count);
  }
}

CellTrust updatedTrust(const std::vector<Track>& tracks, const std::vector<std::uint8_t>& inlier, int width, int height,
                       const CellTrust& before) {
  CellTrust inlierWeight, count;
  for (int cell = 0; cell < kCells; cell++) {
    inlierWeight[cell] = kMemory * before[cell];
    count[cell] = kMemory;
  }
  for (std::size_t i = 0; i < tracks.size(); i++) {
    if (!tracks[i].ok) continue;
    const int cell = cellOf({tracks[i].u, tracks[i].v}, width, height);
    inlierWeight[cell] += inlier[i];
    count[cell] += 1;
  }
  for (int cell = 0; cell < kCells; cell++) inlierWeight[cell] /= count[cell];
  return inlierWeight;
}

void removeWindowBias(const std::vector<Track>& tracks, const Mat3& h, WeightedMatches& evidence) {
  for (std::size_t i = 0; i < evidence.matches.size(); i++) {
    const Track& t = tracks[evidence.owner[i]];
    const double w = h[6] * t.x + h[7] * t.y + h[8];
    const Point p = apply(h, t.x, t.y);
    const double ux = (h[0] - p.x * h[6]) / w - 1, uy = (h[1] - p.x * h[7]) / w;
    const double vx = (h[3] - p.y * h[6]) / w, vy = (h[4] - p.y * h[7]) / w - 1;
    evidence.matches[i].match.u = t.u - static_cast<float>(t.slopeX[0] * ux + t.slopeX[1] * vx + t.slopeY[0] * uy + t.slopeY[1] * vy);
    evidence.matches[i].match.v = t.v - static_cast<float>(t.slopeX[2] * ux + t.slopeX[3] * vx + t.slopeY[2] * uy + t.slopeY[3] * vy);
  }
}

Mat3 medianShift(const WeightedMatches& evidence) {
  thread_local std::vector<float> dx, dy;
  dx.clear();
  dy.clear();
  for (const WeightedMatch& m : evidence.matches) {
    dx.push_back(m.match.u - m.match.x);
    dy.push_back(m.match.v - m.match.y);
  }
  if (dx.empty()) return kIdentity;
  std::nth_element(dx.begin(), dx.begin() + dx.size() / 2, dx.end());
  std::nth_element(dy.begin(), dy.begin() + dy.size() / 2, dy.end());
  return {1, 0, dx[dx.size() / 2], 0, 1, dy[dy.size() / 2], 0, 0, 1};
}

}  // namespace gimbal
