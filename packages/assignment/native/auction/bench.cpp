// Frames of points that drift, as the cells of a film do: 64x36 and 120x68 rows, 10,000 columns, 27 dimensions. One thread.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

#include <measure/random.hpp>

#include "auction.hpp"
#include "cases.hpp"

using namespace gimbal;
using namespace gimbal::assignment;

namespace {

double milliseconds() { return static_cast<double>(std::clock()) * 1e3 / CLOCKS_PER_SEC; }

void frames(int rows, double gap, int count) {
  const auto columns = clusteredPoints(10000, 27, 1, 400);
  auto points = clusteredPoints(rows, 27, 2, 400);
  Random random(3);
  const auto auction = createCpuAuction({rows, 10000, 1});
  std::vector<std::int32_t> answer(rows, -1), before, penalties(rows, 300000);
  std::vector<double> times;
  Outcome last;
  for (int frame = 0; frame <= count; frame++) {
    Costs costs;
    costs.rowPoints = points.data();
    costs.columnPoints = columns.data();
    costs.dimensions = 27;
    costs.columnsUnchanged = frame > 0;
    before = answer;
    Effort effort;
    effort.gap = gap;
    const double start = milliseconds();
    last = auction->solve(costs, frame == 0 ? Stay{} : Stay{before.data(), penalties.data()}, effort, answer.data());
    times.push_back(milliseconds() - start);
    for (auto& x : points) x = static_cast<std::int16_t>(x + static_cast<int>(random.bits() % 33) - 16);
  }
  std::sort(times.begin() + 1, times.end());
  std::printf("%d x 10000, gap %.1f %%: cold %.0f ms, warm %.1f ms median, %.1f ms worst (CPU time of one thread); the last missed %.4f %%\n", rows,
              gap * 100, times[0], times[1 + count / 2], times.back(), 100.0 * static_cast<double>(last.cost - last.bound) / static_cast<double>(last.cost));
}

}  // namespace

int main() {
  frames(2304, 0.001, 15);
  frames(2304, 0, 15);
  frames(8160, 0.001, 3);
}
