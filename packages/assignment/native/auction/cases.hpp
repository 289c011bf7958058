#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <measure/random.hpp>

#include "problem.hpp"

namespace gimbal::assignment {

struct Case {
  std::string name;
  Shape shape;
  std::vector<std::int32_t> costs;
};

/// Square and rectangular, few values and many, negative, duplicates of columns, all equal, one row, one column.
inline std::vector<Case> matrixCases() {
  std::vector<Case> cases;
  Random random(7);
  const auto add = [&](const std::string& name, int rows, int columns, int capacity, auto&& cost) {
    Case made{name, {rows, columns, capacity}, {}};
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) made.costs.push_back(cost(i, j));
    }
    cases.push_back(std::move(made));
  };
  const auto below = [&](std::int64_t n) { return static_cast<std::int32_t>(random.bits() % static_cast<std::uint64_t>(n)); };
  for (int k = 0; k < 12; k++) {
    const int rows = 1 + below(40), columns = rows + below(40), capacity = 1 + below(3);
    const std::string size = std::to_string(rows) + "x" + std::to_string(columns) + " by " + std::to_string(capacity);
    add("uniform " + size, rows, columns, capacity, [&](int, int) { return below(1000000); });
    add("few values " + size, rows, columns, capacity, [&](int, int) { return below(4); });
    add("negative " + size, rows, columns, capacity, [&](int, int) { return below(2000000000) - 1000000000; });
    add("duplicates " + size, rows, columns, capacity, [&](int i, int j) { return (i * 7919 + (j / 3) * 104729) % 1009; });
    add("all equal " + size, rows, columns, capacity, [&](int, int) { return 5; });
    add("sum " + size, rows, columns, capacity, [&](int i, int j) { return i * 1000 + j; });
    add("product " + size, rows, columns, capacity, [&](int i, int j) { return (i + 1) * (j + 1); });
    add("square " + size, rows, rows, 1, [&](int, int) { return below(100000); });
  }
  add("one", 1, 1, 1, [](int, int) { return -3; });
  add("one row", 1, 700, 1, [&](int, int) { return below(50); });
  add("one column", 6, 1, 6, [](int i, int) { return i; });
  add("more than a list", 60, 2000, 1, [&](int, int) { return below(100000); });
  add("more equals than a list", 50, 1500, 1, [](int, int) { return 0; });
  add("wide and few values", 80, 1300, 1, [&](int, int) { return below(3); });
  add("square and large", 160, 160, 1, [&](int, int) { return below(2147483647); });
  return cases;
}

/// Points on the whole numbers up to 4000 in clusters, so that many rows want the same columns.
inline std::vector<std::int16_t> clusteredPoints(int count, int dimensions, std::uint64_t seed, int spread = 500) {
  Random random(seed);
  std::vector<std::int16_t> points(static_cast<std::size_t>(count) * dimensions);
  for (int i = 0; i < count; i++) {
    const int cluster = static_cast<int>(random.bits() % 5) * 500;
    for (int d = 0; d < dimensions; d++) {
      points[static_cast<std::size_t>(i) * dimensions + d] =
          static_cast<std::int16_t>(cluster + static_cast<int>(random.bits() % static_cast<std::uint64_t>(2 * spread)) - spread);
    }
  }
  return points;
}

/// The matrix that points stand for, with a stay written out.
inline std::vector<std::int32_t> matrixOf(const Costs& points, Shape shape, const Stay& stay = {}) {
  std::vector<std::int32_t> costs;
  for (int i = 0; i < shape.rows; i++) {
    for (int j = 0; j < shape.columns; j++) {
      std::int32_t sum = 0;
      for (int d = 0; d < points.dimensions; d++) {
        const int difference = points.rowPoints[i * points.dimensions + d] - points.columnPoints[j * points.dimensions + d];
        sum += difference * difference;
      }
      if (stay.column != nullptr && stay.column[i] >= 0 && stay.column[i] != j) sum += stay.penalty[i];
      costs.push_back(sum);
    }
  }
  return costs;
}

}  // namespace gimbal::assignment
