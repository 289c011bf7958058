#include "shortlists.hpp"

#include <algorithm>
#include <cmath>

#include <parallel/parallel.hpp>

#include "tie.hpp"

namespace gimbal::assignment {

Shortlists::Shortlists(Shape shape) : shape_(shape), shift_(grainShift(shape.rows)), most_(std::min(shape.columns, kMost)), words_((static_cast<std::size_t>(shape.rows) + 63) / 64) {
  columnWords_.resize(shape.columns);
  for (int j = 0; j < shape.columns; j++) columnWords_[j] = columnWord(j);
  columns_.resize(static_cast<std::size_t>(shape.rows) * most_);
  costs_.resize(columns_.size());
  count_.assign(shape.rows, 0);
  listed_ = std::make_unique<std::atomic<std::uint64_t>[]>(words_ * shape.columns);
  horizon_.assign(shape.rows, -kAll);
  width_.assign(shape.rows, -1);
}

std::int64_t Shortlists::cost(int row, std::int32_t column) const {
  return ((static_cast<std::int64_t>(source_->at(row, column)) - source_->base()) << shift_) + tie(rowWord(row), columnWords_[column]) -
         discount(row, column);
}

void Shortlists::renew(const CostSource& source, const Stay& stay, const std::int64_t* prices, int threads) {
  source_ = &source;
  stay_ = stay;
  parallelFor(0, shape_.rows, 16, threads, [&](int from, int to) {
    for (int row = from; row < to; row++) {
      if (!source.continues() || !adapt(row)) {
        build(row, prices);
        continue;
      }
      if (stay.column == nullptr || stay.column[row] < 0) continue;
      const std::int32_t kept = stay.column[row];
      lowered(row, kept, cost(row, kept));
    }
  });
}

void Shortlists::forget() {
  for (int row = 0; row < shape_.rows; row++) clear(row);
}

void Shortlists::clear(int row) {
  const std::int32_t* columns = &columns_[static_cast<std::size_t>(row) * most_];
  for (int e = 0; e < count_[row]; e++) word(row, columns[e]).fetch_and(~bit(row), std::memory_order_relaxed);
  count_[row] = 0;
}

/// sqrt(c') >= sqrt(c) - moved, hence c' + p >= horizon - 2 moved sqrt(horizon) for whatever is not listed, prices being no less than 0.
bool Shortlists::adapt(int row) {
  if (count_[row] == 0) return false;
  const double moved = source_->moved(row);
  if (horizon_[row] != kAll && moved > 0) {
    const double unit = std::ldexp(1.0, shift_);
    const double horizon = static_cast<double>(horizon_[row]) / unit;
    // A unit less, for the roundings of this.
    const double nearer = horizon - 2 * moved * std::sqrt(std::max(horizon, 0.0)) - 1;
    if (!(nearer > moved * moved)) return false;
    horizon_[row] = static_cast<std::int64_t>(nearer * unit);
  }
  const std::size_t at = static_cast<std::size_t>(row) * most_;
  for (int e = 0; e < count_[row]; e++) costs_[at + e] = cost(row, columns_[at + e]);
  return true;
}

void Shortlists::build(int row, const std::int64_t* prices) {
  thread_local std::vector<std::int32_t> costs;
  thread_local std::vector<std::int64_t> values;
  costs.resize(source_->paddedColumns());
  values.resize(shape_.columns);
  const Kernels& with = kernels();
  const std::int32_t* row32 = source_->row(row, costs.data());
  std::int64_t least = with.values(row32, source_->base(), shift_, rowWord(row), columnWords_.data(), prices, shape_.columns, values.data());
  if (stay_.column != nullptr && stay_.column[row] >= 0) {
    std::int64_t& kept = values[stay_.column[row]];
    kept -= static_cast<std::int64_t>(stay_.penalty[row]) << shift_;
    least = std::min(least, kept);
  }
  clear(row);
  const std::size_t at = static_cast<std::size_t>(row) * most_;
  std::int32_t* columns = &columns_[at];
  std::int64_t& width = width_[row];
  if (most_ == shape_.columns) {
    for (int j = 0; j < most_; j++) columns[j] = j;
    count_[row] = most_;
    horizon_[row] = kAll;
    width = *std::max_element(values.begin(), values.end()) - least;
  } else {
    if (width < 0) {
      double mean = 0;
      for (int j = 0; j < shape_.columns; j += 16) mean += static_cast<double>(values[j] - least) * 16 / shape_.columns;
      width = static_cast<std::int64_t>(mean / 4);
    }
    int count = with.collect(values.data(), shape_.columns, least + width, most_, columns);
    bool shrunk = false;
    for (; count > most_ && width > 0; count = with.collect(values.data(), shape_.columns, least + width, most_, columns)) {
      width /= 2;
      shrunk = true;
    }
    for (; count < kFewest && !shrunk; count = with.collect(values.data(), shape_.columns, least + width, most_, columns)) {
      const std::int64_t before = width;
      width = 2 * width + 1;
      if (with.collect(values.data(), shape_.columns, least + width, most_, columns) > most_) {
        width = before;
        shrunk = true;
      }
    }
    // Equals at the very front that no list holds: the first of them do, and a row that looks further goes through all again.
    if (count < 2) {
      std::int64_t second = std::numeric_limits<std::int64_t>::max();
      for (int j = 0; j < shape_.columns; j++) {
        if (j != columns[0]) second = std::min(second, values[j]);
      }
      width = second - least;
      count = with.collect(values.data(), shape_.columns, second, most_, columns);
    }
    count_[row] = std::min(count, most_);
    horizon_[row] = least + width;
    if (count > 320) width -= width / 4;
    if (count < 100) width += width / 3 + 1;
  }
  for (int e = 0; e < count_[row]; e++) {
    costs_[at + e] = values[columns[e]] - prices[columns[e]];
    word(row, columns[e]).fetch_or(bit(row), std::memory_order_relaxed);
  }
}

bool Shortlists::best(int row, const std::int64_t* prices, Best& out) {
  bool built = false;
  for (;;) {
    Best best;
    const std::size_t at = static_cast<std::size_t>(row) * most_;
    const std::int32_t* columns = &columns_[at];
    const std::int64_t* costs = &costs_[at];
    for (int e = 0; e < count_[row]; e++) best.offer(columns[e], costs[e] + prices[columns[e]]);
    if (built || (count_[row] > 0 && (horizon_[row] == kAll || best.next <= horizon_[row]))) {
      out = best;
      return built;
    }
    build(row, prices);
    built = true;
  }
}

void Shortlists::lowered(int row, std::int32_t column, std::int64_t cost) {
  if (count_[row] == 0) return;
  const std::size_t at = static_cast<std::size_t>(row) * most_;
  if ((word(row, column).load(std::memory_order_relaxed) & bit(row)) != 0) return;
  if (count_[row] == most_) return clear(row);
  word(row, column).fetch_or(bit(row), std::memory_order_relaxed);
  columns_[at + count_[row]] = column;
  costs_[at + count_[row]++] = cost;
}

}  // namespace gimbal::assignment
