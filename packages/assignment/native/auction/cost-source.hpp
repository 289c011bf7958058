#pragma once
#include <cstdint>
#include <vector>

#include "kernels.hpp"
#include "problem.hpp"

namespace gimbal::assignment {

/// Differences of coordinates must fit 16 bits, and a squared distance 31. @throws std::invalid_argument naming the farthest they may reach.
void checkReach(const std::int16_t* points, std::int64_t count, int dimensions, const char* what);

/// Costs as the auction reads them: row by row or column by column, whether they lie in a matrix or follow from points.
class CostSource {
 public:
  explicit CostSource(Shape shape) : shape_(shape) {}

  /// What the next calls read. Copies points, reads a matrix in place.
  void take(const Costs& costs);

  /// Whether rows of the call before can be brought up to date: both calls were of points with the same columns.
  bool continues() const { return continues_; }
  /// How far the point of a row moved since the call before. Only where `continues`.
  double moved(int row) const { return moved_[row]; }

  /// Taken off every cost, so that none is negative.
  std::int64_t base() const { return base_; }
  /// The costs of a row; `scratch` holds paddedColumns() numbers.
  const std::int32_t* row(int row, std::int32_t* scratch) const;
  /// The costs of a column; `scratch` holds paddedRows() numbers.
  const std::int32_t* column(int column, std::int32_t* scratch) const;
  std::int32_t at(int row, int column) const;

  int paddedColumns() const { return padded(shape_.columns); }
  int paddedRows() const { return padded(shape_.rows); }

 private:
  static int padded(int n) { return (n + 15) / 16 * 16; }
  void pack(const std::int16_t* points, int count, int dimensions, std::vector<std::uint32_t>& across,
            std::vector<std::uint32_t>& along) const;

  const Shape shape_;
  const std::int32_t* matrix_ = nullptr;
  std::int64_t base_ = 0;
  int pairs_ = 0;
  bool points_ = false;
  bool continues_ = false;
  // Pairs of coordinates: by pair, then by point (what the kernels read), and by point (one point's own).
  std::vector<std::uint32_t> rowsAcross_, rowsAlong_, columnsAcross_, columnsAlong_, earlier_;
  std::vector<double> moved_;
};

}  // namespace gimbal::assignment
