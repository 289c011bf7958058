#pragma once
#include "align.hpp"
#include "job.hpp"
#include "../projective/mat3.hpp"

namespace gimbal::alignment {

constexpr int kUnknowns = 9;  // eight of the motion, in pixels at half a diagonal from the centre, and the gain

/// The normal equations of one step, the cells' offsets eliminated.
struct System {
  double matrix[kUnknowns * kUnknowns] = {};
  double right[kUnknowns] = {};
  double inverse[kUnknowns * kUnknowns] = {};
  double answer[kUnknowns] = {};
  /// How much of the slopes both pictures have in common, on the finest level in use: 1 when all, 0 when they are unrelated.
  double common = 0;
  /// Of each cell: its own share of `right`.
  double opinion[alignCells][kUnknowns] = {};
  bool heard[alignCells] = {};

  /// Fills `inverse` and `answer`; with `lightOnly` the motion stays. False when singular.
  bool solve(bool lightOnly);
  /// Expected error of the answer at the corners of a picture of this size and half diagonal: pixels, root mean square over the
  /// corners and both axes.
  double cornerSigma(int width, int height, double radius) const;
};

/// The map of eight parameters, in half diagonals from the centre: exact to first order in the displacement.
Mat3 mapOf(const double* p, double radius);

/// The parameters of a map near the identity.
void parametersOf(const Mat3& map, double radius, double* p);

}  // namespace gimbal::alignment
