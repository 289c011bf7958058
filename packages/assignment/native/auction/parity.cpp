// The oracle is a shortest-path solver that shares nothing with the auction; for its own claims, the dual value computed anew from the prices.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include <isa/isa.hpp>
#include <measure/expect.hpp>

#include "auction.hpp"
#include "cases.hpp"
#include "oracle.hpp"
#ifdef GIMBAL_HAS_CUDA
#include <device/devices.hpp>

#include "cuda.hpp"
#endif

using namespace gimbal;
using namespace gimbal::assignment;

namespace {

using Make = std::unique_ptr<Auction> (*)(Shape);

/// A column that serves k rows is k columns.
std::int64_t leastCost(const std::vector<std::int32_t>& costs, Shape shape) {
  std::vector<std::int32_t> wide;
  for (int i = 0; i < shape.rows; i++) {
    for (int j = 0; j < shape.columns; j++) {
      for (int s = 0; s < shape.capacity; s++) wide.push_back(costs[static_cast<std::size_t>(i) * shape.columns + j]);
    }
  }
  return assignment::leastCost(wide, shape.rows, shape.columns * shape.capacity);
}

/// What is wrong with an answer: a column out of range or over its capacity, a cost that is not its cost, a bound that its prices do not prove.
std::string problemOf(const std::vector<std::int32_t>& costs, Shape shape, const std::vector<std::int32_t>& answer, const Outcome& outcome,
                      const Auction& auction) {
  std::vector<int> used(shape.columns, 0);
  std::int64_t sum = 0;
  for (int i = 0; i < shape.rows; i++) {
    if (answer[i] < 0 || answer[i] >= shape.columns) return "row " + std::to_string(i) + " has no column";
    if (++used[answer[i]] > shape.capacity) return "column " + std::to_string(answer[i]) + " serves too many";
    sum += costs[static_cast<std::size_t>(i) * shape.columns + answer[i]];
  }
  if (sum != outcome.cost) return "the cost is " + std::to_string(sum) + ", said " + std::to_string(outcome.cost);
  std::vector<double> prices(shape.columns);
  auction.prices(prices.data());
  double dual = 0;
  for (int i = 0; i < shape.rows; i++) {
    double least = 1e300;
    for (int j = 0; j < shape.columns; j++) least = std::min(least, costs[static_cast<std::size_t>(i) * shape.columns + j] + prices[j]);
    dual += least;
  }
  for (const double price : prices) {
    if (price < 0) return "a price is negative";
    dual -= shape.capacity * price;
  }
  if (static_cast<double>(outcome.bound) > std::ceil(dual - 1e-3)) return "the prices prove " + std::to_string(dual) + ", said " + std::to_string(outcome.bound);
  return "";
}

void matrices(Expect& expect, Make make) {
  for (const Case& each : matrixCases()) {
    const std::int64_t least = leastCost(each.costs, each.shape);
    std::vector<std::int32_t> answer(each.shape.rows);
    Costs costs;
    costs.matrix = each.costs.data();
    for (const double gap : {0.0, 0.05}) {
      const auto auction = make(each.shape);
      Effort effort;
      effort.gap = gap;
      const Outcome outcome = auction->solve(costs, {}, effort, answer.data());
      expect.that(problemOf(each.costs, each.shape, answer, outcome, *auction) == "",
                  each.name + ": " + problemOf(each.costs, each.shape, answer, outcome, *auction));
      expect.that(outcome.bound <= least && least <= outcome.cost, each.name + ": the least lies between bound and cost");
      if (gap == 0) {
        expect.that(outcome.cost == least && outcome.bound == least,
                    each.name + ": " + std::to_string(outcome.cost) + " bound " + std::to_string(outcome.bound) + ", least " + std::to_string(least));
      } else {
        expect.that(outcome.cost - outcome.bound <= std::max(0.0, gap * static_cast<double>(outcome.cost)), each.name + ": the gap is kept");
      }
    }
  }
}

/// A sequence of frames whose points drift, jump, and come back; every answer against the oracle, and against a solver that starts anew.
void frames(Expect& expect, Make make, Shape shape, int dimensions, bool withStay) {
  const std::string name = std::to_string(shape.rows) + "x" + std::to_string(shape.columns) + " by " + std::to_string(shape.capacity);
  const auto columns = clusteredPoints(shape.columns, dimensions, 3);
  auto rows = clusteredPoints(shape.rows, dimensions, 4);
  const auto first = rows;
  Random random(5);
  const auto auction = make(shape);
  std::vector<std::int32_t> answer(shape.rows, -1), stayed, penalty(shape.rows);
  for (int frame = 0; frame < 14; frame++) {
    for (auto& x : rows) x = static_cast<std::int16_t>(x + static_cast<int>(random.bits() % 9) - 4);
    if (frame == 6) rows = clusteredPoints(shape.rows, dimensions, 99);
    if (frame == 9) rows = first;
    if (frame == 11) std::fill(rows.begin(), rows.end(), std::int16_t{700});
    Costs costs;
    costs.rowPoints = rows.data();
    costs.columnPoints = columns.data();
    costs.dimensions = dimensions;
    costs.columnsUnchanged = frame > 0;
    stayed = answer;
    for (int i = 0; i < shape.rows; i++) penalty[i] = static_cast<std::int32_t>(random.bits() % 200000);
    Stay stay;
    if (withStay && frame > 0) stay = {stayed.data(), penalty.data()};
    Effort effort;
    effort.gap = frame % 3 == 0 ? 0 : 0.001;
    effort.threads = 1 + frame % 2;
    effort.restart = frame == 12;
    const Outcome outcome = auction->solve(costs, stay, effort, answer.data());
    const auto matrix = matrixOf(costs, shape, stay);
    const std::string problem = problemOf(matrix, shape, answer, outcome, *auction);
    const std::string where = name + " frame " + std::to_string(frame);
    expect.that(problem.empty(), where + ": " + problem);
    if (effort.gap == 0) {
      const std::int64_t least = leastCost(matrix, shape);
      expect.that(outcome.cost == least && outcome.bound == least, where + ": " + std::to_string(outcome.cost) + ", least " + std::to_string(least));
    } else {
      expect.that(static_cast<double>(outcome.cost - outcome.bound) <= effort.gap * static_cast<double>(outcome.cost), where + ": the gap is kept");
    }
  }
}

void limits(Expect& expect, Make make) {
  expect.throws<std::invalid_argument>([&] { make({5, 2, 2}); }, "too few columns");
  expect.throws<std::invalid_argument>([&] { make({0, 2, 2}); }, "no rows");
  const Shape shape{60, 90, 1};
  const auto columns = clusteredPoints(90, 5, 1), rows = clusteredPoints(60, 5, 2), other = clusteredPoints(60, 5, 9);
  Costs costs;
  costs.rowPoints = rows.data();
  costs.columnPoints = columns.data();
  costs.dimensions = 5;
  const auto auction = make(shape);
  std::vector<std::int32_t> before(60), after(60);
  Effort exact;
  exact.gap = 0;
  auction->solve(costs, {}, exact, before.data());
  std::atomic<bool> cancel{true};
  Effort cancelled = exact;
  cancelled.cancel = &cancel;
  Costs moved = costs;
  moved.rowPoints = other.data();
  moved.columnsUnchanged = true;
  expect.throws<Cancelled>([&] { auction->solve(moved, {}, cancelled, after.data()); }, "a cancelled call");
  const Outcome again = auction->solve(costs, {}, exact, after.data());
  expect.that(again.bids == 0 && before == after, "a cancelled call leaves prices and assignment");
  Effort few = exact;
  few.mostRounds = 3;
  few.restart = true;
  const Outcome cut = auction->solve(moved, {}, few, after.data());
  expect.that(cut.exhausted && problemOf(matrixOf(moved, shape), shape, after, cut, *auction) == "", "bounded rounds end with a complete answer");
  const Outcome whole = auction->solve(moved, {}, exact, after.data());
  expect.that(whole.cost == leastCost(matrixOf(moved, shape), shape) && whole.bound == whole.cost, "and the next call gets to the end");
  const std::vector<std::int16_t> wide(60 * 5, 16384);
  moved.rowPoints = wide.data();
  expect.throws<std::invalid_argument>([&] { auction->solve(moved, {}, exact, after.data()); }, "coordinates that reach too far");
}

void pathsAgree(Expect& expect) {
  const Shape shape{300, 1800, 1};
  const auto columns = clusteredPoints(1800, 27, 11, 300), rows = clusteredPoints(300, 27, 12, 300);
  Costs costs;
  costs.rowPoints = rows.data();
  costs.columnPoints = columns.data();
  costs.dimensions = 27;
  std::vector<std::int32_t> first;
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    limitIsa(isa);
    for (const int threads : {1, 3}) {
      std::vector<std::int32_t> answer(300);
      Effort effort;
      effort.threads = threads;
      createCpuAuction(shape)->solve(costs, {}, effort, answer.data());
      if (first.empty()) first = answer;
      expect.that(answer == first, std::string(isaName(isa)) + " with " + std::to_string(threads) + " threads");
    }
  }
  limitIsa(Isa::avx512);
}

void all(Expect& expect, Make make) {
  matrices(expect, make);
  frames(expect, make, {70, 90, 1}, 3, false);
  frames(expect, make, {70, 90, 1}, 27, true);
  frames(expect, make, {40, 900, 1}, 6, true);
  frames(expect, make, {90, 40, 3}, 4, true);
  frames(expect, make, {64, 64, 1}, 3, true);
  limits(expect, make);
}

#ifdef GIMBAL_HAS_CUDA
/// A film of 60 frames with a pan, a jump and stays, solved on both: the same tiles in every frame.
void devicesAgree(Expect& expect, Shape shape, double gap) {
  const auto columns = clusteredPoints(shape.columns, 27, 21, 300);
  auto rows = clusteredPoints(shape.rows, 27, 22, 300);
  const auto host = createCpuAuction(shape);
  const auto device = createCudaAuction(shape, 0);
  std::vector<std::int32_t> onHost(shape.rows, -1), onDevice(shape.rows), stayed, penalty(shape.rows, 60000);
  Random random(23);
  for (int frame = 0; frame < 12; frame++) {
    for (auto& x : rows) x = static_cast<std::int16_t>(x + static_cast<int>(random.bits() % 41) - 20);
    if (frame == 7) rows = clusteredPoints(shape.rows, 27, 24, 300);
    Costs costs;
    costs.rowPoints = rows.data();
    costs.columnPoints = columns.data();
    costs.dimensions = 27;
    costs.columnsUnchanged = frame > 0;
    stayed = onHost;
    const Stay stay = frame == 0 ? Stay{} : Stay{stayed.data(), penalty.data()};
    Effort effort;
    effort.gap = gap;
    const Outcome a = host->solve(costs, stay, effort, onHost.data());
    const Outcome b = device->solve(costs, stay, effort, onDevice.data());
    const std::string where = std::to_string(shape.rows) + "x" + std::to_string(shape.columns) + " by " + std::to_string(shape.capacity) +
                              " gap " + std::to_string(gap) + " frame " + std::to_string(frame);
    expect.that(onHost == onDevice, where + ": the same columns");
    expect.that(a.cost == b.cost && a.bound == b.bound && a.rounds == b.rounds && a.bids == b.bids && a.offers == b.offers,
                where + ": the same course, cost " + std::to_string(a.cost) + " and " + std::to_string(b.cost) + ", rounds " +
                    std::to_string(a.rounds) + " and " + std::to_string(b.rounds));
  }
}
#endif

}  // namespace

int main(int count, char** words) {
  const bool onDevice = count > 1 && std::string(words[1]) == "cuda";
  if (!onDevice) {
    return runParity([](Expect& expect) {
      all(expect, createCpuAuction);
      pathsAgree(expect);
    });
  }
#ifdef GIMBAL_HAS_CUDA
  if (!cudaReport().unavailable.empty()) {
    std::printf("skipped: %s\n", cudaReport().unavailable.c_str());
    return 77;
  }
  return runParity([](Expect& expect) {
    all(expect, [](Shape shape) { return createCudaAuction(shape, 0); });
    for (const double gap : {0.0, 0.001}) {
      devicesAgree(expect, {500, 1800, 1}, gap);
      devicesAgree(expect, {300, 200, 2}, gap);
      devicesAgree(expect, {400, 400, 1}, gap);
    }
  });
#else
  std::printf("skipped: built without CUDA\n");
  return 77;
#endif
}
