// How a pair of frames becomes equations, and their answer a better map and light.
#include <algorithm>
#include <cmath>

#include "median.hpp"
#include "pair.hpp"
#include "plausible-map.hpp"

namespace gimbal::alignment {
namespace {

constexpr double kTukey = 5;             // a little wider than usual, so that what fits half is not in from one pair and out from the next
constexpr double kLeastScale = 0.3;  // a perfect fit does not make the next point an outlier
constexpr double kMostScale = 1;     // a majority that moves otherwise does not make itself inliers
constexpr double kNearStart = 4;     // how far each parameter is expected to be off at the start, in pixels
constexpr double kGainSpread = 64;   // unit of the gain column, grey levels

}  // namespace

double Pair::addLevel(Level& level, System& system) const {
  Job& job = level.job;
  const double median = std::sqrt(medianOf(job, job.first[alignCells], level.seen, [&](int i) { return job.deviation[i]; }));
  const double scale = std::clamp(1.4826 * median, kLeastScale, kMostScale);
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
  parametersOf(multiply(adjugate(n), multiply(multiply(adjugate(start_), h_), n)), radius_, moved);
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
  const Mat3 next = multiply(multiply(h_, n), multiply(back, adjugate(n)));
  if (!proper(next, width_, height_)) return false;
  h_ = normalized(next);
  return true;
}

}  // namespace gimbal::alignment
