#pragma once
#include <array>

#include "align.hpp"
#include "job.hpp"
#include "projective.hpp"

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
};

/// Two frames and the map between them as it is refined: state and arithmetic of `align`.
class Pair {
 public:
  Pair(const AlignFrame& previous, const AlignFrame& current, const AlignWeights* weights, int threads, AlignScratch& scratch);

  /// Sets the map (pixels of the finest level) that steps start from and are held near to; light starts anew.
  void begin(const Mat3& h);
  const Mat3& h() const { return h_; }

  /// The levels that the following calls look at: `finest` to `coarsest`.
  void use(int finest, int coarsest);
  /// Evaluates every point at the present map and light.
  void residuals();
  /// Points inside the current frame with a weight.
  int seen() const;
  /// Normal equations with Tukey's weights, every level by its own scale.
  System system();
  void stepLight(const System& system);
  /// False when the map leaves what a camera can do.
  bool stepMotion(const System& system);

  /// Of the finest level in use. Mean deviation, each counted up to three.
  double cost() const;
  double inlierShare() const;
  /// Robust standard deviation of the residuals, grey levels.
  double spread() const;
  /// Pixels of the finest level.
  double cornerSigma(const System& system) const;

 private:
  /// One level: what the inner loops see, the light of its cells, and what the last pass found.
  struct Level {
    Job job{};
    std::array<float, alignCells> bias{};
    int seen = 0;
    /// Of each cell: sums of weights, of weighed residuals and of weighed columns.
    struct Cell {
      double total = 0, residual = 0;
      double columns[kUnknowns] = {};
    } cell[alignCells];
  };
  void enter(int level, const AlignFrame& previous, const AlignFrame& current, const AlignWeights* weights, AlignScratch& scratch);
  void run(const Job& job, Pass pass) const;
  /// Adds the equations of one level; returns how much of the slopes both pictures have in common.
  double addLevel(Level& level, System& system) const;
  Mat3 normalizing() const;

  int threads_;
  int width_;
  int height_;
  double radius_;
  std::array<Level, alignLevels> levels_;
  int finest_ = 0;
  int coarsest_ = 0;
  Mat3 h_{};
  Mat3 start_{};
  double gain_ = 1;
};

}  // namespace gimbal::alignment
