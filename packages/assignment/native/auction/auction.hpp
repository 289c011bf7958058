#pragma once
#include <atomic>
#include <cstdint>
#include <memory>

#include "problem.hpp"

namespace gimbal::assignment {

/// How far to go.
struct Effort {
  /// The answer may cost at most this share more than the best one; 0 asks for the best.
  double gap = 0.001;
  /// Forget prices and assignment of the call before: after a cut, where they only mislead.
  bool restart = false;
  /// Rounds of bids after which the rows that are left take what is free. The answer is complete then, its gap what it is.
  std::int64_t mostRounds = 1'000'000;
  int threads = 1;
  /// Ends the work with Cancelled; the assignment and the prices of the call before stay.
  const std::atomic<bool>* cancel = nullptr;
};

struct Cancelled {};

/// What was found, and what it took.
struct Outcome {
  /// Sum of what the rows pay, penalties included.
  std::int64_t cost = 0;
  /// No assignment costs less: the dual value of the prices, rounded up to a whole number.
  std::int64_t bound = 0;
  /// The part of `cost` that is penalties.
  std::int64_t penalties = 0;
  std::int64_t rounds = 0;
  /// Bids of rows and offers of columns; rows whose costs were gone through in full.
  std::int64_t bids = 0;
  std::int64_t offers = 0;
  std::int64_t scans = 0;
  /// Whether `mostRounds` ended it.
  bool exhausted = false;
};

/// Assigns every row a column at the least total cost, each column serving at most `capacity` rows: the forward and reverse auction for
/// the asymmetric problem (Bertsekas and Castañon 1992), capacity as similar objects (Bertsekas and Castañon 1989), prices and assignment
/// kept from call to call. All arithmetic is on integers and every round's bids are decided together (Jacobi), so that neither the order
/// of the work nor the device changes the answer.
class Auction {
 public:
  virtual ~Auction() = default;
  /// `columns` receives a column for every row. @throws std::invalid_argument, std::overflow_error where prices outgrow 64 bits, Cancelled.
  virtual Outcome solve(const Costs& costs, const Stay& stay, const Effort& effort, std::int32_t* columns) = 0;
  /// The columns' prices in units of cost, never negative, of the last call: what its bound was computed with.
  virtual void prices(double* out) const = 0;
};

/// The auction on the CPU. @throws std::invalid_argument for a shape without a solution.
std::unique_ptr<Auction> createCpuAuction(Shape shape);

/// Throws std::invalid_argument, with the number that would help, unless every row can have a column.
void checkShape(Shape shape);

}  // namespace gimbal::assignment
