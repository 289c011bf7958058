#pragma once
#include <cstdint>

#include "auction.hpp"

namespace gimbal::assignment {

using Grains = std::int64_t;

/// What one look at all rows tells. Sums of grains may pass 64 bits; split into units and a rest, they do not.
struct Look {
  std::int64_t leastUnits = 0, leastGrains = 0;  // of the rows' least cost plus price
  std::int64_t priceUnits = 0, priceGrains = 0;  // of the columns' prices
  int loose = 0;                                 // rows without a column, or with one that is not their best
};

struct Paid {
  std::int64_t cost = 0;
  std::int64_t penalties = 0;
};

/// The lead of a bid over the row's next column and of an offer over what the row has are kept below 2^(62 - bits of an index), so that a
/// device compares them and their index as one word. A smaller lead is a smaller step in the right direction.
inline Grains mostLead(int indices) {
  int bits = 0;
  while ((std::int64_t{1} << bits) < indices) bits++;
  return (Grains{1} << (62 - bits)) - 1;
}

/// Rows and columns that are looked at to see how far apart costs are.
constexpr int kSamples = 64;

/// The course of a solve, the same on every device: steps from coarse to fine, each a stage of bids and offers, until the gap is kept.
class Driver : public Auction {
 public:
  Outcome solve(const Costs& costs, const Stay& stay, const Effort& effort, std::int32_t* columns) final;

 protected:
  explicit Driver(Shape shape) : shape_(shape), shift_(grainShift(shape.rows)) {}

  /// Keeps what a cancelled call must put back; and puts it back.
  virtual void save() = 0;
  virtual void restore() = 0;
  /// The problem of this call. `cold`: without prices and assignment.
  virtual void take(const Costs& costs, const Stay& stay, bool cold) = 0;
  virtual Look look() = 0;
  /// Mean of what the sampled rows' costs at the sampled columns are above the row's least, in grains; after a look.
  virtual Grains spread() = 0;
  /// Bids, then offers, until every row has a column and no free place a price. Counts into outcome_, sets its `exhausted`.
  virtual void stage(Grains step) = 0;
  /// Rows that the rounds did not reach take the cheapest place that is free, first rows first.
  virtual void settle() = 0;
  virtual Paid paid() = 0;
  virtual std::int64_t base() const = 0;
  virtual void columns(std::int32_t* out) const = 0;

  void checkCancel() const {
    if (effort_->cancel != nullptr && effort_->cancel->load(std::memory_order_relaxed)) throw Cancelled{};
  }
  std::int32_t penalty(int row) const {
    return stay_.column != nullptr && stay_.column[row] >= 0 ? stay_.penalty[row] : 0;
  }

  const Shape shape_;
  const int shift_;
  const Effort* effort_ = nullptr;
  Stay stay_;
  Outcome outcome_;

 private:
  double dual(const Look& look) const;
  void measure();

  bool assigned_ = false;
};

/// Throws for prices that outgrow 64 bits.
[[noreturn]] void throwTooFarApart();

}  // namespace gimbal::assignment
