#include "pair.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>

#include "../isa/isa.hpp"
#include "../parallel/parallel.hpp"
#include "kernel.hpp"
#include "lanes.hpp"

namespace gimbal::alignment {
namespace {

constexpr double kShift = 0.2;       // displacement that is nobody's fault, in pixels of the level
constexpr double kLeastNoise = 0.4;  // grey levels: rounding to whole ones, and what interpolation adds
constexpr double kTukey = 4.685;
constexpr double kLeastScale = 0.3;  // a perfect fit does not make the next point an outlier
constexpr double kInlier = 3;        // deviations
constexpr double kNearStart = 4;     // how far each parameter is expected to be off at the start, in pixels
constexpr double kGainSpread = 64;   // unit of the gain column, grey levels

/// Displacement in pixels that each parameter causes at (x, y), in half diagonals from the centre.
void displacement(double x, double y, double* dx, double* dy) {
  const double along[8] = {1, 0, -y, x, x, y, x * x, x * y};
  const double down[8] = {0, 1, x, y, -y, x, x * y, y * y};
  std::copy(along, along + 8, dx);
  std::copy(down, down + 8, dy);
}

/// The map of those parameters, in half diagonals from the centre: exact to first order in the displacement.
Mat3 mapOf(const double* p, double radius) {
  const double s = 1 / radius;
  return {1 + (p[3] + p[4]) * s,
          (-p[2] + p[5]) * s,
          p[0] * s,
          (p[2] + p[5]) * s,
          1 + (p[3] - p[4]) * s,
          p[1] * s,
          -p[6] * s,
          -p[7] * s,
          1};
}

/// The parameters of a map near the identity.
void parametersOf(const Mat3& map, double radius, double* p) {
  const Mat3 m = unitLast(map);
  const double all[8] = {m[2], m[5], (m[3] - m[1]) / 2, (m[0] + m[4]) / 2 - 1, (m[0] - m[4]) / 2, (m[1] + m[3]) / 2, -m[6], -m[7]};
  for (int k = 0; k < 8; k++) p[k] = all[k] * radius;
}

/// The median over the points in sight of a positive number, to half a percent: a histogram of the leading bits, so the cost is the
/// same for any numbers and nothing depends on their order.
template <class Value>
double medianOf(const Job& job, int seen, Value value) {
  constexpr int perOctave = 128;
  constexpr int octaves = 40;
  constexpr std::uint32_t lowest = (127u - 20u) * perOctave;  // 2^-20
  std::uint32_t bins[perOctave * octaves] = {};
  for (int i = 0; i < job.first[alignCells]; i++) {
    if (job.deviation[i] < 0) continue;
    const float v = value(i);
    std::uint32_t bits;
    std::memcpy(&bits, &v, sizeof(bits));
    const auto bin = static_cast<std::int64_t>(bits >> 16) - lowest;
    bins[std::clamp<std::int64_t>(bin, 0, perOctave * octaves - 1)]++;
  }
  int left = (seen + 1) / 2;
  int bin = 0;
  while (bin < perOctave * octaves - 1 && (left -= static_cast<int>(bins[bin])) > 0) bin++;
  const std::uint32_t bits = (static_cast<std::uint32_t>(bin) + lowest) << 16 | 0x8000u;
  float middle;
  std::memcpy(&middle, &bits, sizeof(middle));
  return middle;
}

}  // namespace

bool System::solve(bool lightOnly) {
  if (lightOnly) {
    const int g = gainColumn;
    std::fill(answer, answer + kUnknowns, 0.0);
    if (!(matrix[g * kUnknowns + g] > 1e-12)) return false;
    answer[g] = right[g] / matrix[g * kUnknowns + g];
    return true;
  }
  if (!invertSymmetric(matrix, inverse, kUnknowns)) return false;
  for (int r = 0; r < kUnknowns; r++) {
    answer[r] = 0;
    for (int c = 0; c < kUnknowns; c++) answer[r] += inverse[r * kUnknowns + c] * right[c];
    if (!std::isfinite(answer[r])) return false;
  }
  return true;
}

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

void Pair::begin(const Mat3& h) {
  h_ = start_ = h;
  gain_ = 1;
  for (Level& level : levels_) level.bias.fill(0);
}

void Pair::use(int finest, int coarsest) {
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
    const Mat3 map = product({s, 0, 0, 0, s, 0, 0, 0, 1}, product(h_, normalizing()));
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
  return 1.4826 * medianOf(level.job, level.seen, [&](int i) { return std::abs(level.job.residual[i]); });
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

double Pair::addLevel(Level& level, System& system) const {
  Job& job = level.job;
  const double median = std::sqrt(medianOf(job, level.seen, [&](int i) { return job.deviation[i]; }));
  const double scale = std::max(kLeastScale, 1.4826 * median);
  job.cut = static_cast<float>(1 / (kTukey * kTukey * scale * scale));
  run(job, Pass::sums);
  double common = 0;
  double all = 0;
  for (int c = 0; c < alignCells; c++) {
    const float* sums = job.sums + c * sumCount;
    common += sums[sumAt(commonColumn, oneColumn)];
    all += sums[sumAt(0, 0)] + sums[sumAt(1, 1)];
  }
  // Noise makes slopes look steeper than the picture is; what both pictures' slopes have in common is the picture's.
  const double agreement = all > 0 ? common / all : 0;
  const double share = std::clamp(agreement, 0.1, 1.0);
  const double trust = 1 / (scale * scale);
  for (int c = 0; c < alignCells; c++) {
    const float* sums = job.sums + c * sumCount;
    Level::Cell& cell = level.cell[c];
    cell.total = sums[sumAt(oneColumn, oneColumn)];
    if (!(cell.total > 0)) continue;
    system.heard[c] = true;
    cell.residual = sums[sumAt(oneColumn, residualColumn)];
    for (int a = 0; a < kUnknowns; a++) cell.columns[a] = sums[sumAt(oneColumn, a)];
    for (int a = 0; a < kUnknowns; a++) {
      const double opinion = trust * (sums[sumAt(residualColumn, a)] - cell.columns[a] * cell.residual / cell.total);
      system.opinion[c][a] += opinion;
      system.right[a] += opinion;
      for (int b = 0; b <= a; b++) {
        const double pair = sums[sumAt(a, b)] - cell.columns[a] * cell.columns[b] / cell.total;
        system.matrix[a * kUnknowns + b] += trust * (a < 8 ? share : 1.0) * pair;
      }
    }
  }
  return agreement;
}

System Pair::system() {
  System system;
  for (int l = finest_; l <= coarsest_; l++) {
    if (levels_[l].seen == 0) continue;
    const double common = addLevel(levels_[l], system);
    if (l == finest_) system.common = common;
  }
  // Held near the start: thin evidence then leaves it where it was.
  double moved[8];
  const Mat3 n = normalizing();
  parametersOf(product(adjugate(n), product(product(adjugate(start_), h_), n)), radius_, moved);
  for (int k = 0; k < 8; k++) {
    system.matrix[k * kUnknowns + k] += 1 / (kNearStart * kNearStart);
    system.right[k] += moved[k] / (kNearStart * kNearStart);
  }
  system.matrix[gainColumn * kUnknowns + gainColumn] += 1e-3;
  for (int a = 0; a < kUnknowns; a++) {
    for (int b = 0; b < a; b++) system.matrix[b * kUnknowns + a] = system.matrix[a * kUnknowns + b];
  }
  return system;
}

void Pair::stepLight(const System& system) {
  const double gain = std::clamp(gain_ + system.answer[gainColumn] / kGainSpread, 0.1, 10.0);
  const double change = (gain - gain_) * kGainSpread;
  gain_ = gain;
  for (int l = finest_; l <= coarsest_; l++) {
    for (int c = 0; c < alignCells; c++) {
      const Level::Cell& cell = levels_[l].cell[c];
      if (!(cell.total > 0)) continue;
      double explained = cell.columns[gainColumn] * change;
      for (int k = 0; k < 8; k++) explained += cell.columns[k] * system.answer[k];
      // The gain's column is counted from middle grey: what the change brings there is an offset.
      levels_[l].bias[c] += static_cast<float>((cell.residual - explained) / cell.total - change * 128 / kGainSpread);
    }
  }
}

bool Pair::stepMotion(const System& system) {
  double step[8];
  for (int k = 0; k < 8; k++) step[k] = system.answer[k];
  const Mat3 n = normalizing();
  const Mat3 back = adjugate(mapOf(step, radius_));
  const Mat3 next = product(product(h_, n), product(back, adjugate(n)));
  if (!proper(next, width_, height_)) return false;
  h_ = unitLast(next);
  return true;
}

double Pair::cornerSigma(const System& system) const {
  // Sandwich: inverse * (sum over cells of their opinions' outer products) * inverse.
  double middle[kUnknowns * kUnknowns] = {};
  int voices = 0;
  for (int c = 0; c < alignCells; c++) {
    if (!system.heard[c]) continue;
    voices++;
    const double* opinion = system.opinion[c];
    for (int a = 0; a < kUnknowns; a++) {
      for (int b = 0; b < kUnknowns; b++) middle[a * kUnknowns + b] += opinion[a] * opinion[b];
    }
  }
  // Nine unknowns were fitted to these very cells.
  const double correction = static_cast<double>(voices) / std::max(1, voices - kUnknowns);
  double sum = 0;
  for (int k = 0; k < 4; k++) {
    double d[2][kUnknowns] = {};
    displacement((k % 2 ? 1 : -1) * (width_ - 1) / 2.0 / radius_, (k / 2 ? 1 : -1) * (height_ - 1) / 2.0 / radius_, d[0], d[1]);
    for (const auto& axis : d) {
      double v[kUnknowns] = {};
      for (int a = 0; a < kUnknowns; a++) {
        for (int b = 0; b < kUnknowns; b++) v[a] += system.inverse[a * kUnknowns + b] * axis[b];
      }
      for (int a = 0; a < kUnknowns; a++) {
        for (int b = 0; b < kUnknowns; b++) sum += v[a] * middle[a * kUnknowns + b] * v[b];
      }
    }
  }
  return std::sqrt(std::max(0.0, sum * correction) / 8);
}

}  // namespace gimbal::alignment
