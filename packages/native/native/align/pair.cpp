#include "pair.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "../isa/isa.hpp"
#include "../parallel/parallel.hpp"
#include "kernel.hpp"
#include "lanes.hpp"
#include "median.hpp"

namespace gimbal::alignment {
namespace {

constexpr double kShift = 0.2;       // displacement that is tolerated, in pixels of the level
constexpr double kLeastNoise = 0.4;  // grey levels: rounding to whole ones, and what interpolation adds
constexpr double kInlier = 3;        // deviations
constexpr float kLeastHeed = 0.02f;  // weight of a point in a cell that never moved with the camera
constexpr float kLeastMedian = 0.05f;  // trust of half of the cells below which nothing is known of any
constexpr float kMemory = 0.85f;     // what is left of the trust after a pair
constexpr int kEvidence = 10;        // points that a cell needs to change its trust

/// The trust that half of the cells have. Where a rolling shutter or depth spreads what moves with the camera, few points of any cell
/// follow, and what tells the cells apart is how they compare.
float medianTrust(AlignTrust trust) {
  const auto middle = trust.begin() + (alignCells - 1) / 2;
  std::nth_element(trust.begin(), middle, trust.end());
  return std::max(kLeastMedian, *middle);
}

}  // namespace

Pair::Pair(const AlignFrame& previous, const AlignFrame& current, const AlignWeights* weights, const AlignTrust& trust, int threads,
           AlignScratch& scratch)
    : threads_(threads),
      width_(previous.level[0].plane.width),
      height_(previous.level[0].plane.height),
      radius_(std::hypot(width_, height_) / 2) {
  for (int l = 0; l < std::min(previous.levels, current.levels); l++) enter(l, previous, current, weights, trust, scratch);
}

/// From half diagonals from the centre to pixels of the finest level.
Mat3 Pair::normalizing() const { return {radius_, 0, (width_ - 1) / 2.0, 0, radius_, (height_ - 1) / 2.0, 0, 0, 1}; }

void Pair::enter(int level, const AlignFrame& previous, const AlignFrame& current, const AlignWeights* weights,
                 const AlignTrust& trust, AlignScratch& scratch) {
  const AlignPoints& points = previous.level[level].points;
  const Plane<const float> plane = current.level[level].plane;
  AlignScratch::Level& buffers = scratch.level[level];
  const auto count = static_cast<std::size_t>(points.first[alignCells]);
  for (auto* list : {&buffers.weight, &buffers.residual, &buffers.deviation, &buffers.slopeX, &buffers.slopeY, &buffers.common}) {
    if (list->size() < count) list->resize(count);
  }
  if (buffers.sums.size() < static_cast<std::size_t>(alignCells) * sumCount) buffers.sums.resize(alignCells * sumCount);
  const int n = weights == nullptr ? 0 : weights->size;
  const auto partOf = [n](double share) { return std::clamp(static_cast<int>(share * n), 0, n - 1); };
  const double across = radius_ / width_;
  const double down = radius_ / height_;
  const float median = medianTrust(trust);
  for (int c = 0; c < alignCells; c++) {
    // Cubed: a cell of which half as many points move with the camera as elsewhere is mostly in the way.
    const float share = std::min(1.0f, trust[c] / median);
    const float heed = kLeastHeed + (1 - kLeastHeed) * share * share * share;
    for (int i = points.first[c]; i < points.first[c + 1]; i++) {
      buffers.weight[i] = points.weight[i] * heed;
      if (n > 0) buffers.weight[i] *= weights->values[partOf(points.y[i] * down + 0.5) * n + partOf(points.x[i] * across + 0.5)];
    }
  }
  Job& job = levels_[level].job;
  job.x = points.x.data();
  job.y = points.y.data();
  job.value = points.value.data();
  job.gx = points.gx.data();
  job.gy = points.gy.data();
  job.weight = buffers.weight.data();
  job.first = points.first.data();
  job.plane = plane.data;
  job.stride = static_cast<int>(plane.stride / static_cast<std::ptrdiff_t>(sizeof(float)));
  job.width = plane.width;
  job.height = plane.height;
  job.perPixel = static_cast<float>(1 / radius_);
  const double noise = std::hypot(previous.noise, current.noise) / (1 << level);
  const double shift = kShift * (1 << level);
  job.noise2 = static_cast<float>(noise * noise + kLeastNoise * kLeastNoise);
  job.shift2 = static_cast<float>(shift * shift);
  job.residual = buffers.residual.data();
  job.deviation = buffers.deviation.data();
  job.slopeX = buffers.slopeX.data();
  job.slopeY = buffers.slopeY.data();
  job.common = buffers.common.data();
  job.sums = buffers.sums.data();
  job.bias = levels_[level].bias.data();
}

void Pair::begin(const Mat3& h, const Light& light) {
  h_ = start_ = h;
  gain_ = light.gain;
  for (Level& level : levels_) level.bias = light.bias;
}

double Pair::movedAt(double x, double y) const {
  const double now = h_[6] * x + h_[7] * y + h_[8];
  const double then = start_[6] * x + start_[7] * y + start_[8];
  return std::hypot((h_[0] * x + h_[1] * y + h_[2]) / now - (start_[0] * x + start_[1] * y + start_[2]) / then,
                    (h_[3] * x + h_[4] * y + h_[5]) / now - (start_[3] * x + start_[4] * y + start_[5]) / then);
}

double Pair::farthestCorner() const {
  double most = 0;
  for (int k = 0; k < 4; k++) most = std::max(most, movedAt(k % 2 ? width_ - 1 : 0, k / 2 ? height_ - 1 : 0));
  return most;
}

double Pair::pointsMoved() const {
  const int* first = levels_[0].job.first;
  double sum = 0;
  for (int c = 0; c < alignCells; c++) {
    const double x = (c % alignCellColumns + 0.5) * width_ / alignCellColumns - 0.5;
    const double y = (c / alignCellColumns + 0.5) * height_ / alignCellRows - 0.5;
    const double moved = movedAt(x, y);
    sum += (first[c + 1] - first[c]) * moved * moved;
  }
  return std::sqrt(sum / std::max(1, first[alignCells]));
}

void Pair::use(int finest, int coarsest) {
  if (finest < finest_) {
    for (int l = finest; l < finest_; l++) levels_[l].bias = levels_[finest_].bias;
  }
  finest_ = finest;
  coarsest_ = coarsest;
}

void Pair::run(const Job& job, Pass pass) const {
  const Isa isa = activeIsa();
  const auto body = [&](int from, int to) {
#if defined(GIMBAL_X86)
    if (isa == Isa::avx512) return cellsAvx512(job, pass, from, to);
    if (isa == Isa::avx2) return cellsAvx2(job, pass, from, to);
#else
    static_cast<void>(isa);
#endif
    cells<PlainLanes>(job, pass, from, to);
  };
  parallelFor(0, alignCells, 6, threads_, std::cref(body));
}

void Pair::residuals() {
  for (int l = finest_; l <= coarsest_; l++) {
    Level& level = levels_[l];
    Job& job = level.job;
    const double s = 1.0 / (1 << l);
    const Mat3 map = multiply({s, 0, 0, 0, s, 0, 0, 0, 1}, multiply(h_, normalizing()));
    for (int i = 0; i < 9; i++) job.map[i] = static_cast<float>(map[i]);
    job.gain = static_cast<float>(gain_);
    run(job, Pass::residuals);
    level.seen = 0;
    for (int i = 0; i < job.first[alignCells]; i++) level.seen += job.deviation[i] >= 0;
  }
}

int Pair::seen() const {
  int sum = 0;
  for (int l = finest_; l <= coarsest_; l++) sum += levels_[l].seen;
  return sum;
}

double Pair::spread() const {
  const Level& level = levels_[finest_];
  return 1.4826 *
         medianOf(level.job, level.job.first[alignCells], level.seen, [&](int i) { return std::abs(level.job.residual[i]); });
}

double Pair::cost() const {
  const Job& job = levels_[finest_].job;
  double sum = 0;
  double total = 1e-12;
  for (int i = 0; i < job.first[alignCells]; i++) {
    if (job.deviation[i] < 0) continue;
    sum += job.weight[i] * std::min(std::sqrt(job.deviation[i]), 3.0f);
    total += job.weight[i];
  }
  return sum / total;
}

double Pair::inlierShare() const {
  const Job& job = levels_[finest_].job;
  double sum = 0;
  double total = 1e-12;
  for (int i = 0; i < job.first[alignCells]; i++) {
    if (job.deviation[i] < 0) continue;
    if (job.deviation[i] <= kInlier * kInlier) sum += job.weight[i];
    total += job.weight[i];
  }
  return std::min(1.0, sum / total);
}

AlignTrust Pair::updatedTrust(const AlignTrust& before) const {
  const Job& job = levels_[finest_].job;
  AlignTrust trust = before;
  for (int c = 0; c < alignCells; c++) {
    int seen = 0;
    int inliers = 0;
    for (int i = job.first[c]; i < job.first[c + 1]; i++) {
      seen += job.deviation[i] >= 0;
      inliers += job.deviation[i] >= 0 && job.deviation[i] <= kInlier * kInlier;
    }
    if (seen < kEvidence) continue;
    trust[c] = kMemory * before[c] + (1 - kMemory) * static_cast<float>(inliers) / static_cast<float>(seen);
  }
  return trust;
}

}  // namespace gimbal::alignment
