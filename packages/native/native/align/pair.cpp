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

constexpr double kShift = 0.2;       // displacement that is nobody's fault, in pixels of the level
constexpr double kLeastNoise = 0.4;  // grey levels: rounding to whole ones, and what interpolation adds
constexpr double kInlier = 3;        // deviations

}  // namespace

Pair::Pair(const AlignFrame& previous, const AlignFrame& current, const AlignWeights* weights, int threads, AlignScratch& scratch)
    : threads_(threads),
      width_(previous.level[0].plane.width),
      height_(previous.level[0].plane.height),
      radius_(std::hypot(width_, height_) / 2) {
  for (int l = 0; l < std::min(previous.levels, current.levels); l++) enter(l, previous, current, weights, scratch);
}

/// From half diagonals from the centre to pixels of the finest level.
Mat3 Pair::normalizing() const { return {radius_, 0, (width_ - 1) / 2.0, 0, radius_, (height_ - 1) / 2.0, 0, 0, 1}; }

void Pair::enter(int level, const AlignFrame& previous, const AlignFrame& current, const AlignWeights* weights,
                 AlignScratch& scratch) {
  const AlignPoints& points = previous.level[level].points;
  const Plane<const float> plane = current.level[level].plane;
  AlignScratch::Level& buffers = scratch.level[level];
  const auto count = static_cast<std::size_t>(points.first[alignCells]);
  for (auto* list : {&buffers.weight, &buffers.residual, &buffers.deviation, &buffers.slopeX, &buffers.slopeY, &buffers.common}) {
    if (list->size() < count) list->resize(count);
  }
  if (buffers.sums.size() < static_cast<std::size_t>(alignCells) * sumCount) buffers.sums.resize(alignCells * sumCount);
  const float* weight = points.weight.data();
  if (weights != nullptr) {
    const int n = weights->size;
    const auto cellOf = [n](double share) { return std::clamp(static_cast<int>(share * n), 0, n - 1); };
    for (std::size_t i = 0; i < count; i++) {
      const int column = cellOf((points.x[i] * radius_ + width_ / 2.0) / width_);
      const int row = cellOf((points.y[i] * radius_ + height_ / 2.0) / height_);
      buffers.weight[i] = points.weight[i] * weights->values[row * n + column];
    }
    weight = buffers.weight.data();
  }
  Job& job = levels_[level].job;
  job.x = points.x.data();
  job.y = points.y.data();
  job.value = points.value.data();
  job.gx = points.gx.data();
  job.gy = points.gy.data();
  job.weight = weight;
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

double Pair::farthestCorner() const {
  double most = 0;
  for (int k = 0; k < 4; k++) {
    const double x = k % 2 ? width_ - 1 : 0;
    const double y = k / 2 ? height_ - 1 : 0;
    const double now = h_[6] * x + h_[7] * y + h_[8];
    const double then = start_[6] * x + start_[7] * y + start_[8];
    most = std::max(most, std::hypot((h_[0] * x + h_[1] * y + h_[2]) / now - (start_[0] * x + start_[1] * y + start_[2]) / then,
                                     (h_[3] * x + h_[4] * y + h_[5]) / now - (start_[3] * x + start_[4] * y + start_[5]) / then));
  }
  return most;
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

}  // namespace gimbal::alignment
