#include "driver.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace gimbal::assignment {
namespace {

constexpr double kReach = 3;    // times the step that is sure to keep the promise: most rows end much nearer
constexpr int kRefinement = 4;  // from step to step
constexpr int kFirstStep = 24;  // of the spread of the costs

}  // namespace

Outcome Driver::solve(const Costs& costs, const Stay& stay, const Effort& effort, std::int32_t* out) {
  effort_ = &effort;
  outcome_ = {};
  stay_ = stay;
  save();
  try {
    const bool cold = effort.restart || !assigned_;
    take(costs, stay, cold);
    const Look first = look();
    const double bound = dual(first);
    auto last = static_cast<Grains>(std::max(kReach * effort.gap * std::ldexp(bound / shape_.rows, shift_), 1.0));
    Grains step = last;
    if (cold || first.loose * 4 > shape_.rows) step = std::max(last, spread() / kFirstStep);
    for (;;) {
      stage(step);
      if (outcome_.exhausted) break;
      if (step > last) {
        step = std::max(last, step / kRefinement);
        continue;
      }
      measure();
      if (outcome_.cost == outcome_.bound || step == 1) break;
      if (effort.gap > 0 && static_cast<double>(outcome_.cost - outcome_.bound) <= effort.gap * static_cast<double>(outcome_.cost)) break;
      step = last = std::max<Grains>(1, step / kRefinement);
    }
    if (outcome_.exhausted) {
      settle();
      measure();
    }
    columns(out);
    assigned_ = true;
    return outcome_;
  } catch (...) {
    restore();
    throw;
  }
}

/// The dual value in units of cost: no assignment costs less, ties aside.
double Driver::dual(const Look& look) const {
  std::int64_t constant = base() * shape_.rows;
  for (int i = 0; i < shape_.rows; i++) constant += penalty(i);
  const std::int64_t units = look.leastUnits - shape_.capacity * look.priceUnits + constant;
  const std::int64_t grains = look.leastGrains - shape_.capacity * look.priceGrains;
  return static_cast<double>(units) + std::ldexp(static_cast<double>(grains), -shift_);
}

void Driver::measure() {
  const double value = dual(look());
  const Paid paid = this->paid();
  outcome_.cost = paid.cost;
  outcome_.penalties = paid.penalties;
  // Ties are in the dual value, and are less than half a unit in all.
  const double ties = std::ldexp(255.0 * shape_.rows, -shift_);
  outcome_.bound = std::min(outcome_.cost, static_cast<std::int64_t>(std::ceil(value - ties - 1e-6)));
}

void throwTooFarApart() {
  throw std::overflow_error("the costs of this problem are too far apart: prices outgrow 64 bits. Scale them down");
}

}  // namespace gimbal::assignment
