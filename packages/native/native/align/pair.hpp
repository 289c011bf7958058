#pragma once
#include <array>

#include "align.hpp"
#include "job.hpp"
#include "system.hpp"

namespace gimbal::alignment {

/// How the light changed: one gain, and offsets of the cells in grey levels.
struct Light {
  double gain = 1;
  std::array<float, alignCells> bias{};
};

/// Two frames and the map between them as it is refined: state and arithmetic of `align`.
class Pair {
 public:
  Pair(const AlignFrame& previous, const AlignFrame& current, const AlignWeights* weights, const AlignTrust& trust, int threads,
       AlignScratch& scratch);

  /// Sets the map (pixels of the finest level) that steps start from and are held near to, and the light.
  void begin(const Mat3& h, const Light& light = {});
  const Mat3& h() const { return h_; }

  /// The light as the finest level in use sees it.
  Light light() const { return {gain_, levels_[finest_].bias}; }
  /// How far the map has taken a corner from where `begin` put it, in pixels of the finest level.
  double farthestCorner() const;
  /// The same of the points: root mean square over the cells, each counted by its points on the finest level.
  double pointsMoved() const;

  /// The levels that the following calls look at: `finest` to `coarsest`. A level that comes into use anew takes over the light.
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
  /// What the cells' inliers make of the trust that they had.
  AlignTrust updatedTrust(const AlignTrust& before) const;
  /// Robust standard deviation of the residuals, grey levels.
  double spread() const;
  /// Of the system's answer, in pixels of the finest level.
  double cornerSigma(const System& system) const { return system.cornerSigma(width_, height_, radius_); }

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
  void enter(int level, const AlignFrame& previous, const AlignFrame& current, const AlignWeights* weights, const AlignTrust& trust,
             AlignScratch& scratch);
  /// How far the map has taken a pixel of the finest level from where `begin` put it.
  double movedAt(double x, double y) const;
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
