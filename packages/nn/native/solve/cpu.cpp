#include <vector>

#include <projective/solve.hpp>

#include "../tensor/cpu.hpp"
#include "solve.hpp"

namespace gimbal::nn {

void solve(const Solve& job) {
  const Shape& s = job.x.shape;
  for (int n = 0; n < job.items; n++) {
    float* state = job.state + static_cast<std::size_t>(n) * stateNumbers;
    float* record = job.record + n * job.recordStride;
    if (job.active.count != nullptr && n >= *job.active.count) continue;
    if (!job.active.has(n)) {
      repeatStep(state, record);
      continue;
    }
    const UnitHomography h(state, job.geometry.extent);
    const float step = job.geometry.stride / job.geometry.extent;
    std::vector<double> sums(sumsOfCells, 0.0);
    for (int i = 0; i < s.h * s.w; i++) {
      float px, py;
      h.project(i % s.w * step, i / s.w * step, px, py);
      const Cell cell(static_cast<const float*>(job.x.data) + job.x.offset(n) + static_cast<std::size_t>(i) * s.stride(),
                      job.peak == nullptr ? nullptr : job.peak + (static_cast<std::size_t>(n) * s.pixels() + i) * 2,
                      isInside(px, py, job.geometry.extent), job.geometry.stride);
      job.inliers[static_cast<std::size_t>(n) * s.pixels() + i] = cell.present;
      const double maps[5] = {cell.xx, cell.xy, cell.yy, cell.xx * cell.dx + cell.xy * cell.dy, cell.xy * cell.dx + cell.yy * cell.dy};
      for (int m = 0; m < 5; m++) {
        for (int k = 0; k < momentCount; k++) {
          sums[m * momentCount + k] += maps[m] * job.powers[i / s.w * 5 + k / 5] * job.powers[i % s.w * 5 + k % 5];
        }
      }
      sums[5 * momentCount] += maps[3] * cell.dx + maps[4] * cell.dy;
      sums[5 * momentCount + 1] += cell.present;
    }
    double a[64] = {};
    double b[8] = {};
    for (int i = 0; i < 64; i++) {
      for (int k = 0; k < 75; k++) a[i] += sums[k] * job.normal[k * 64 + i];
    }
    for (int i = 0; i < 8; i++) {
      for (int k = 0; k < 50; k++) b[i] += sums[75 + k] * job.right[k * 8 + i];
    }
    double system[64];
    double inverse[64];
    // A weak prior towards no motion keeps the system solvable where nothing can be seen.
    for (int i = 0; i < 64; i++) system[i] = a[i] + (i % 9 == 0 ? 1e-4 : 0);
    invertSymmetric(system, inverse, 8, 1e-13);
    double motion[8] = {};
    for (int i = 0; i < 64; i++) motion[i / 8] += inverse[i] * b[i % 8];
    double trace = 0, cost = sums[5 * momentCount] / s.pixels(), square = 0;
    for (int i = 0; i < 64; i++) cost += motion[i / 8] * a[i] * motion[i % 8];
    for (int i = 0; i < 8; i++) {
      trace += inverse[i * 9];
      cost -= 2 * motion[i] * b[i];
      square += motion[i] * motion[i] / 8;
    }
    const float terms[4] = {static_cast<float>(trace), static_cast<float>(cost), static_cast<float>(square),
                            static_cast<float>(sums[5 * momentCount + 1] / s.pixels())};
    float moved[8];
    for (int i = 0; i < 8; i++) moved[i] = static_cast<float>(motion[i]);
    updateState(state, record, moved, spreadFrom(terms, job.spread), job.geometry, job.reach);
  }
}

}  // namespace gimbal::nn
