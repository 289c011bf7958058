#pragma once
#include <cstddef>
#include <cstdint>

namespace gimbal::assignment {

/// How many rows want a column each, and how many rows a column may serve. rows <= columns * capacity.
struct Shape {
  int rows;
  int columns;
  int capacity = 1;
};

/// What row i pays on column j, a whole number: either a matrix, or the squared distance of two points with whole coordinates.
struct Costs {
  /// rows x columns, row-major; null when the costs are distances.
  const std::int32_t* matrix = nullptr;
  /// rows x dimensions and columns x dimensions. A squared distance must stay below 2^31.
  const std::int16_t* rowPoints = nullptr;
  const std::int16_t* columnPoints = nullptr;
  int dimensions = 0;
  /// The columns' points are those of the call before, so that what was derived from them holds.
  bool columnsUnchanged = false;
};

/// What it costs row i not to take column[i]: penalty[i] more on every other column. column[i] < 0: no such column.
struct Stay {
  const std::int32_t* column = nullptr;
  const std::int32_t* penalty = nullptr;
};

/// One unit of cost is 2^shift grains. Prices are counted in grains; rows * tieRange stays below half a unit, so that an assignment that
/// is optimal in grains to within half a unit is optimal in units.
constexpr int kTieBits = 8;

inline int grainShift(int rows) {
  int bits = 0;
  while ((std::int64_t{1} << bits) <= rows) bits++;
  return bits + kTieBits + 1;
}

/// Prices stay below this, or the answer is refused: sums of two never overflow.
constexpr std::int64_t kMostGrains = std::int64_t{1} << 61;

}  // namespace gimbal::assignment
