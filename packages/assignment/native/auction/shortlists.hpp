#pragma once
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "cost-source.hpp"

namespace gimbal::assignment {

/// The two columns that suit a row best at the present prices: the least cost plus price (of equals the first column), and the next.
struct Best {
  std::int32_t column = -1;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t next = std::numeric_limits<std::int64_t>::max();

  void offer(std::int32_t candidate, std::int64_t value) {
    if (value > next) return;
    if (value < least || (value == least && candidate < column)) {
      next = least;
      least = value;
      column = candidate;
    } else {
      next = value;
    }
  }
};

/// For every row the columns that may matter to it, so that a bid looks at some hundred of them instead of all. What is not on a row's
/// list has cost plus price above the row's horizon; the list answers as long as its own second best is below that, and otherwise all
/// columns are gone through and the list is made anew. So an answer is always that of all columns.
class Shortlists {
 public:
  explicit Shortlists(Shape shape);

  /// New costs. Lists stay, with their costs brought up to date, where points moved little; `keep` are the columns that a row's stay is about.
  void renew(const CostSource& source, const Stay& stay, const std::int64_t* prices, int threads);
  /// Makes all lists anew when they are next asked: prices were put back.
  void forget();
  /// The best two columns of a row. @return whether all columns were gone through for it.
  bool best(int row, const std::int64_t* prices, Best& out);
  /// The row's costs plus price do not exceed its horizon there any more, at a column whose price fell.
  void lowered(int row, std::int32_t column, std::int64_t cost);
  const std::int64_t* horizons() const { return horizon_.data(); }
  /// A cost in grains, ties and stay included.
  std::int64_t cost(int row, std::int32_t column) const;

 private:
  static constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
  static constexpr int kMost = 512;
  static constexpr int kFewest = 24;

  void build(int row, const std::int64_t* prices);
  bool adapt(int row);
  std::atomic<std::uint64_t>& word(int row, std::int32_t column) { return listed_[column * words_ + row / 64]; }
  static std::uint64_t bit(int row) { return std::uint64_t{1} << (row % 64); }
  void clear(int row);
  std::int64_t discount(int row, std::int32_t column) const {
    return stay_.column != nullptr && stay_.column[row] == column ? static_cast<std::int64_t>(stay_.penalty[row]) << shift_ : 0;
  }

  const Shape shape_;
  const int shift_;
  const int most_;
  const std::size_t words_;
  const CostSource* source_ = nullptr;
  Stay stay_;
  std::vector<std::uint32_t> columnWords_;
  std::vector<std::int32_t> columns_, count_;
  std::vector<std::int64_t> costs_, horizon_, width_;
  /// columns x words_: a bit for every row on whose list the column is. Rows are made in parallel, and share words.
  std::unique_ptr<std::atomic<std::uint64_t>[]> listed_;
};

}  // namespace gimbal::assignment
