#pragma once
#include <cstdint>
#include <limits>
#include <vector>

namespace gimbal::assignment {

/// The least cost of assigning every row a column of its own, by shortest augmenting paths (Kuhn 1955, Munkres 1957; the O(n²m) form of
/// Jonker and Volgenant 1987). Shares nothing with the auction.
inline std::int64_t leastCost(const std::vector<std::int32_t>& costs, int rows, int columns) {
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;
  std::vector<std::int64_t> u(rows + 1, 0), v(columns + 1, 0);
  std::vector<int> rowOf(columns + 1, 0), way(columns + 1, 0);
  for (int i = 1; i <= rows; i++) {
    rowOf[0] = i;
    int j0 = 0;
    std::vector<std::int64_t> least(columns + 1, kFar);
    std::vector<char> used(columns + 1, 0);
    do {
      used[j0] = 1;
      const int i0 = rowOf[j0];
      std::int64_t delta = kFar;
      int j1 = 0;
      for (int j = 1; j <= columns; j++) {
        if (used[j]) continue;
        const std::int64_t reduced = costs[static_cast<std::size_t>(i0 - 1) * columns + j - 1] - u[i0] - v[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          way[j] = j0;
        }
        if (least[j] < delta) {
          delta = least[j];
          j1 = j;
        }
      }
      for (int j = 0; j <= columns; j++) {
        if (used[j]) {
          u[rowOf[j]] += delta;
          v[j] -= delta;
        } else {
          least[j] -= delta;
        }
      }
      j0 = j1;
    } while (rowOf[j0] != 0);
    do {
      const int j1 = way[j0];
      rowOf[j0] = rowOf[j1];
      j0 = j1;
    } while (j0 != 0);
  }
  std::int64_t sum = 0;
  for (int j = 1; j <= columns; j++) {
    if (rowOf[j] != 0) sum += costs[static_cast<std::size_t>(rowOf[j] - 1) * columns + j - 1];
  }
  return sum;
}

}  // namespace gimbal::assignment
