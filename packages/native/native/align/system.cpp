#include "system.hpp"

#include <algorithm>
#include <cmath>

#include "../projective/solve.hpp"

namespace gimbal::alignment {
namespace {

/// Displacement in pixels that each parameter causes at (x, y), in half diagonals from the centre.
void displacement(double x, double y, double* dx, double* dy) {
  const double along[8] = {1, 0, -y, x, x, y, x * x, x * y};
  const double down[8] = {0, 1, x, y, -y, x, x * y, y * y};
  std::copy(along, along + 8, dx);
  std::copy(down, down + 8, dy);
}

}  // namespace

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

void parametersOf(const Mat3& map, double radius, double* p) {
  const Mat3 m = normalized(map);
  const double all[8] = {m[2], m[5], (m[3] - m[1]) / 2, (m[0] + m[4]) / 2 - 1, (m[0] - m[4]) / 2, (m[1] + m[3]) / 2, -m[6], -m[7]};
  for (int k = 0; k < 8; k++) p[k] = all[k] * radius;
}

bool System::solve(bool lightOnly) {
  if (lightOnly) {
    const int g = gainColumn;
    std::fill(answer, answer + kUnknowns, 0.0);
    if (!(matrix[g * kUnknowns + g] > 1e-12)) return false;
    answer[g] = right[g] / matrix[g * kUnknowns + g];
    return true;
  }
  if (!invertSymmetric(matrix, inverse, kUnknowns, 1e-13)) return false;
  for (int r = 0; r < kUnknowns; r++) {
    answer[r] = 0;
    for (int c = 0; c < kUnknowns; c++) answer[r] += inverse[r * kUnknowns + c] * right[c];
    if (!std::isfinite(answer[r])) return false;
  }
  return true;
}

double System::cornerSigma(int width, int height, double radius) const {
  // Sandwich: inverse * (sum over cells of their opinions' outer products) * inverse.
  double middle[kUnknowns * kUnknowns] = {};
  int voices = 0;
  for (int c = 0; c < alignCells; c++) {
    if (!heard[c]) continue;
    voices++;

    for (int a = 0; a < kUnknowns; a++) {
      for (int b = 0; b < kUnknowns; b++) middle[a * kUnknowns + b] += opinion[c][a] * opinion[c][b];
    }
  }
  // Nine unknowns were fitted to these very cells.
  const double correction = static_cast<double>(voices) / std::max(1, voices - kUnknowns);
  double sum = 0;
  for (int k = 0; k < 4; k++) {
    double d[2][kUnknowns] = {};
    displacement((k % 2 ? 1 : -1) * (width - 1) / 2.0 / radius, (k / 2 ? 1 : -1) * (height - 1) / 2.0 / radius, d[0], d[1]);
    for (const auto& axis : d) {
      double v[kUnknowns] = {};
      for (int a = 0; a < kUnknowns; a++) {
        for (int b = 0; b < kUnknowns; b++) v[a] += inverse[a * kUnknowns + b] * axis[b];
      }
      for (int a = 0; a < kUnknowns; a++) {
        for (int b = 0; b < kUnknowns; b++) sum += v[a] * middle[a * kUnknowns + b] * v[b];
      }
    }
  }
  return std::sqrt(std::max(0.0, sum * correction) / 8);
}

}  // namespace gimbal::alignment
