#include "cost-source.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace gimbal::assignment {
namespace {

std::int32_t distance(const std::uint32_t* a, const std::uint32_t* b, int pairs) {
  std::int32_t sum = 0;
  for (int k = 0; k < pairs; k++) {
    const int x = static_cast<std::int16_t>(a[k]) - static_cast<std::int16_t>(b[k]);
    const int y = static_cast<std::int16_t>(a[k] >> 16) - static_cast<std::int16_t>(b[k] >> 16);
    sum += x * x + y * y;
  }
  return sum;
}

}  // namespace

void checkReach(const std::int16_t* points, std::int64_t count, int dimensions, const char* what) {
  std::int64_t most = 0;
  for (std::int64_t i = 0; i < count * dimensions; i++) most = std::max<std::int64_t>(most, std::abs(static_cast<int>(points[i])));
  if (most <= 16383 && 4 * most * most * dimensions < (std::int64_t{1} << 31)) return;
  const int limit = std::min(16383, static_cast<int>(std::floor(std::sqrt((std::ldexp(1.0, 31) - 1) / (4.0 * dimensions)))));
  throw std::invalid_argument("the coordinates of " + std::string(what) + " reach " + std::to_string(most) + "; with " +
                              std::to_string(dimensions) + " dimensions squared distances stay below 2^31 up to " + std::to_string(limit));
}

void CostSource::pack(const std::int16_t* points, int count, int dimensions, std::vector<std::uint32_t>& across,
                      std::vector<std::uint32_t>& along) const {
  const int pairs = (dimensions + 1) / 2;
  const int stride = padded(count);
  across.assign(static_cast<std::size_t>(pairs) * stride, 0);
  along.resize(static_cast<std::size_t>(pairs) * count);
  for (int i = 0; i < count; i++) {
    const std::int16_t* point = points + static_cast<std::ptrdiff_t>(i) * dimensions;
    for (int k = 0; k < pairs; k++) {
      const std::uint32_t low = static_cast<std::uint16_t>(point[2 * k]);
      const std::uint32_t high = 2 * k + 1 < dimensions ? static_cast<std::uint16_t>(point[2 * k + 1]) : 0u;
      across[static_cast<std::size_t>(k) * stride + i] = along[static_cast<std::size_t>(i) * pairs + k] = low | high << 16;
    }
  }
}

void CostSource::take(const Costs& costs) {
  if (costs.matrix != nullptr) {
    matrix_ = costs.matrix;
    points_ = continues_ = false;
    base_ = *std::min_element(matrix_, matrix_ + static_cast<std::ptrdiff_t>(shape_.rows) * shape_.columns);
    return;
  }
  if (costs.dimensions < 1) throw std::invalid_argument("points have a dimension or more, received " + std::to_string(costs.dimensions));
  const int pairs = (costs.dimensions + 1) / 2;
  const bool sameColumns = points_ && costs.columnsUnchanged && pairs == pairs_;
  checkReach(costs.rowPoints, shape_.rows, costs.dimensions, "the rows");
  if (!sameColumns) {
    checkReach(costs.columnPoints, shape_.columns, costs.dimensions, "the columns");
    pack(costs.columnPoints, shape_.columns, costs.dimensions, columnsAcross_, columnsAlong_);
  }
  earlier_.swap(rowsAlong_);
  pack(costs.rowPoints, shape_.rows, costs.dimensions, rowsAcross_, rowsAlong_);
  continues_ = sameColumns;
  points_ = true;
  matrix_ = nullptr;
  base_ = 0;
  pairs_ = pairs;
  if (!continues_) return;
  moved_.resize(shape_.rows);
  for (int i = 0; i < shape_.rows; i++) {
    const std::size_t at = static_cast<std::size_t>(i) * pairs_;
    moved_[i] = std::sqrt(static_cast<double>(distance(&earlier_[at], &rowsAlong_[at], pairs_)));
  }
}

const std::int32_t* CostSource::row(int row, std::int32_t* scratch) const {
  if (matrix_ != nullptr) return matrix_ + static_cast<std::ptrdiff_t>(row) * shape_.columns;
  const int stride = paddedColumns();
  kernels().distances(columnsAcross_.data(), stride, stride, &rowsAlong_[static_cast<std::size_t>(row) * pairs_], pairs_, scratch);
  return scratch;
}

const std::int32_t* CostSource::column(int column, std::int32_t* scratch) const {
  if (matrix_ != nullptr) {
    const std::int32_t* at = matrix_ + column;
    for (int i = 0; i < shape_.rows; i++) scratch[i] = at[static_cast<std::ptrdiff_t>(i) * shape_.columns];
    return scratch;
  }
  const int stride = paddedRows();
  kernels().distances(rowsAcross_.data(), stride, stride, &columnsAlong_[static_cast<std::size_t>(column) * pairs_], pairs_, scratch);
  return scratch;
}

std::int32_t CostSource::at(int row, int column) const {
  if (matrix_ != nullptr) return matrix_[static_cast<std::ptrdiff_t>(row) * shape_.columns + column];
  return distance(&rowsAlong_[static_cast<std::size_t>(row) * pairs_], &columnsAlong_[static_cast<std::size_t>(column) * pairs_], pairs_);
}

}  // namespace gimbal::assignment
