#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <parallel/parallel.hpp>

#include "auction.hpp"
#include "shortlists.hpp"
#include "tie.hpp"

namespace gimbal::assignment {
namespace {

constexpr std::int32_t kNone = -1;
constexpr double kReach = 3;  // times the step that is sure to keep the promise: most rows end much nearer

/// What is kept from call to call, and put back when a call is cancelled.
struct State {
  std::vector<std::int64_t> price;      // of a column: the least of its places
  std::vector<std::int64_t> placePrice;  // columns x capacity
  std::vector<std::int32_t> placeRow;    // columns x capacity; kNone where it is free
  std::vector<std::int32_t> column;      // of a row; kNone where it has none
};

class CpuAuction final : public Auction {
 public:
  explicit CpuAuction(Shape shape) : shape_(shape), source_(shape), lists_(shape) {
    const std::size_t places = static_cast<std::size_t>(shape.columns) * shape.capacity;
    state_.price.resize(shape.columns);
    state_.placePrice.resize(places);
    state_.placeRow.resize(places);
    state_.column.resize(shape.rows);
    forget();
    highest_.assign(shape.columns, -1);
    highestRow_.resize(shape.columns);
    lowest_.assign(shape.rows, std::numeric_limits<std::int64_t>::max());
    lowestColumn_.resize(shape.rows);
    rowWords_.resize(shape.rows);
    for (int i = 0; i < shape.rows; i++) rowWords_[i] = rowWord(i);
    bids_.resize(shape.rows);
    owned_.resize(shape.rows);
    zero_.assign(shape.rows, 0);
    spare_ = state_;
  }

  Outcome solve(const Costs& costs, const Stay& stay, const Effort& effort, std::int32_t* columns) override {
    spare_ = state_;
    try {
      return solveFrom(costs, stay, effort, columns);
    } catch (...) {
      state_ = spare_;
      lists_.forget();
      throw;
    }
  }

  void prices(double* out) const override {
    for (int j = 0; j < shape_.columns; j++) out[j] = std::ldexp(static_cast<double>(state_.price[j]), -lists_.shift());
  }

 private:
  using Grains = std::int64_t;

  void forget() {
    std::fill(state_.price.begin(), state_.price.end(), 0);
    std::fill(state_.placePrice.begin(), state_.placePrice.end(), 0);
    std::fill(state_.placeRow.begin(), state_.placeRow.end(), kNone);
    std::fill(state_.column.begin(), state_.column.end(), kNone);
  }

  Outcome solveFrom(const Costs& costs, const Stay& stay, const Effort& effort, std::int32_t* columns) {
    effort_ = &effort;
    outcome_ = {};
    stay_ = stay;
    const bool cold = effort.restart || state_.column[0] == kNone;
    if (cold) {
      forget();
      lists_.forget();
    }
    source_.take(costs);
    lists_.renew(source_, stay, state_.price.data(), effort.threads);
    findStayers();
    look();
    const double bound = dual();
    // A stage ends within rows * step of the best: this step keeps the promise for certain.
    Grains last = static_cast<Grains>(std::max(kReach * effort.gap * std::ldexp(bound / shape_.rows, lists_.shift()), 1.0));
    Grains step = last;
    if (cold || looseRows() * 4 > shape_.rows) step = std::max(last, spread() / 4);
    for (;;) {
      stage(step);
      if (outcome_.exhausted) break;
      if (step > last) {
        step = std::max(last, step / 4);
        continue;
      }
      measure();
      if (outcome_.cost == outcome_.bound || step == 1) break;
      if (effort.gap > 0 && static_cast<double>(outcome_.cost - outcome_.bound) <= effort.gap * static_cast<double>(outcome_.cost)) break;
      step = last = std::max<Grains>(1, step / 4);
    }
    if (outcome_.exhausted) {
      settle();
      measure();
    }
    std::copy(state_.column.begin(), state_.column.end(), columns);
    return outcome_;
  }

  /// Goes through every row's best columns at the present prices.
  void look() {
    best_.resize(shape_.rows);
    scans_.store(0);
    parallelFor(0, shape_.rows, 32, effort_->threads, [&](int from, int to) {
      std::int64_t scans = 0;
      for (int i = from; i < to; i++) scans += lists_.best(i, state_.price.data(), best_[i]);
      scans_ += scans;
    });
    outcome_.scans += scans_;
  }

  /// The dual value in units of cost, by the rows' best; no assignment costs less.
  double dual() const {
    // Sums of grains may pass 64 bits; split, they do not.
    const int shift = lists_.shift();
    const Grains mask = (Grains{1} << shift) - 1;
    Grains units = 0, grains = 0;
    for (const Best& best : best_) {
      units += best.least >> shift;
      grains += best.least & mask;
    }
    for (const Grains price : state_.price) {
      units -= (price >> shift) * shape_.capacity;
      grains -= (price & mask) * shape_.capacity;
    }
    return static_cast<double>(units) + std::ldexp(static_cast<double>(grains), -shift) + static_cast<double>(constant());
  }

  /// What the rows pay whatever they take: the base of the costs, and the penalties that staying is spared.
  std::int64_t constant() const {
    std::int64_t sum = source_.base() * shape_.rows;
    for (int i = 0; i < shape_.rows; i++) sum += penalty(i);
    return sum;
  }

  std::int32_t penalty(int row) const {
    return stay_.column != nullptr && stay_.column[row] >= 0 ? stay_.penalty[row] : 0;
  }

  int looseRows() const {
    return static_cast<int>(std::count_if(best_.begin(), best_.end(), [&](const Best& best) {
      const int i = static_cast<int>(&best - best_.data());
      return state_.column[i] == kNone || valueOf(i) > best.least;
    }));
  }

  Grains valueOf(int row) const { return lists_.cost(row, state_.column[row]) + state_.price[state_.column[row]]; }

  /// How far prices may have to move: what lies between a row's least cost and those that are still on its list.
  Grains spread() const {
    double sum = 0;
    for (int i = 0; i < shape_.rows; i++) sum += static_cast<double>(lists_.width(i));
    return static_cast<Grains>(sum / shape_.rows);
  }

  void stage(Grains step) {
    look();
    open_.clear();
    for (int i = 0; i < shape_.rows; i++) {
      if (state_.column[i] != kNone) {
        owned_[i] = lists_.cost(i, state_.column[i]);
        if (owned_[i] + state_.price[state_.column[i]] <= best_[i].least + step) continue;
        leave(i);
      }
      open_.push_back(i);
    }
    while (!open_.empty() && !outcome_.exhausted) forward(step);
    if (outcome_.exhausted) return;
    offering_.clear();
    for (int j = 0; j < shape_.columns; j++) {
      if (state_.price[j] > 0 && freePlace(j) != kNone) offering_.push_back(j);
    }
    while (!offering_.empty() && !outcome_.exhausted) reverse(step);
  }

  void tick() {
    outcome_.rounds++;
    if (outcome_.rounds > effort_->mostRounds) outcome_.exhausted = true;
    if (effort_->cancel != nullptr && effort_->cancel->load(std::memory_order_relaxed)) throw Cancelled{};
  }

  void leave(int row) {
    const std::int32_t j = state_.column[row];
    for (int s = 0; s < shape_.capacity; s++) {
      std::int32_t& holder = state_.placeRow[static_cast<std::size_t>(j) * shape_.capacity + s];
      if (holder == row) holder = kNone;
    }
    state_.column[row] = kNone;
  }

  std::int32_t freePlace(int column) const {
    for (int s = 0; s < shape_.capacity; s++) {
      if (state_.placeRow[static_cast<std::size_t>(column) * shape_.capacity + s] == kNone) return s;
    }
    return kNone;
  }

  void setPlace(std::int32_t column, int place, Grains price, std::int32_t row) {
    const std::size_t first = static_cast<std::size_t>(column) * shape_.capacity;
    state_.placePrice[first + place] = price;
    state_.placeRow[first + place] = row;
    state_.price[column] = *std::min_element(&state_.placePrice[first], &state_.placePrice[first] + shape_.capacity);
    state_.column[row] = column;
    owned_[row] = lists_.cost(row, column);
  }

  /// One round of bids: every row without a column bids for its best, every column takes the highest bid (of equals the first row's).
  void forward(Grains step) {
    tick();
    scans_.store(0);
    const int count = static_cast<int>(open_.size());
    parallelFor(0, count, 64, effort_->threads, [&](int from, int to) {
      std::int64_t scans = 0;
      for (int k = from; k < to; k++) {
        Best best;
        scans += lists_.best(open_[k], state_.price.data(), best);
        const Grains lead = best.next == std::numeric_limits<Grains>::max() ? 0 : best.next - best.least;
        bids_[k] = {best.column, state_.price[best.column] + lead + step};
      }
      scans_ += scans;
    });
    outcome_.scans += scans_;
    outcome_.bids += count;
    touched_.clear();
    for (int k = 0; k < count; k++) {
      const auto [j, bid] = bids_[k];
      if (bid > kMostGrains) throw std::overflow_error("the costs of this problem are too far apart: prices outgrow 64 bits. Scale them down");
      if (highest_[j] < 0) touched_.push_back(j);
      if (bid > highest_[j] || (bid == highest_[j] && open_[k] < highestRow_[j])) {
        highest_[j] = bid;
        highestRow_[j] = open_[k];
      }
    }
    next_.clear();
    for (int k = 0; k < count; k++) {
      if (highestRow_[bids_[k].column] != open_[k]) next_.push_back(open_[k]);
    }
    for (const std::int32_t j : touched_) {
      const std::size_t first = static_cast<std::size_t>(j) * shape_.capacity;
      const auto place = std::min_element(&state_.placePrice[first], &state_.placePrice[first] + shape_.capacity) - &state_.placePrice[first];
      const std::int32_t out = state_.placeRow[first + place];
      if (out != kNone) {
        state_.column[out] = kNone;
        next_.push_back(out);
      }
      setPlace(j, static_cast<int>(place), highest_[j], highestRow_[j]);
      highest_[j] = -1;
    }
    open_.swap(next_);
  }

  /// One round of offers: every column with a price and a free place lowers it to what the second row would come for and offers it to the
  /// first; every row takes the lowest offer (of equals the first column's). A column that nobody would come to at any price is free.
  void reverse(Grains step) {
    tick();
    outcome_.offers += static_cast<std::int64_t>(offering_.size());
    negative_.resize(shape_.rows);
    for (int i = 0; i < shape_.rows; i++) negative_[i] = -(owned_[i] + state_.price[state_.column[i]]);
    offers_.resize(offering_.size());
    parallelFor(0, static_cast<int>(offering_.size()), 4, effort_->threads, [&](int from, int to) {
      for (int k = from; k < to; k++) offers_[k] = offerOf(offering_[k], step);
    });
    touchedRows_.clear();
    next_.clear();
    for (std::size_t k = 0; k < offering_.size(); k++) {
      const std::int32_t j = offering_[k];
      const Offer& offer = offers_[k];
      if (offer.row == kNone) continue;
      if (lowest_[offer.row] == std::numeric_limits<Grains>::max()) touchedRows_.push_back(offer.row);
      if (offer.value < lowest_[offer.row] || (offer.value == lowest_[offer.row] && j < lowestColumn_[offer.row])) {
        lowest_[offer.row] = offer.value;
        lowestColumn_[offer.row] = j;
      }
    }
    for (std::size_t k = 0; k < offering_.size(); k++) {
      const std::int32_t j = offering_[k];
      const Offer& offer = offers_[k];
      if (offer.row == kNone) {
        const std::size_t first = static_cast<std::size_t>(j) * shape_.capacity;
        for (int s = 0; s < shape_.capacity; s++) {
          if (state_.placeRow[first + s] == kNone) state_.placePrice[first + s] = 0;
        }
        state_.price[j] = 0;
        tell(j);
        continue;
      }
      if (lowestColumn_[offer.row] != j) {
        next_.push_back(j);
        continue;
      }
      const std::int32_t left = state_.column[offer.row];
      leave(offer.row);
      setPlace(j, freePlace(j), offer.price, offer.row);
      tell(j);
      if (freePlace(j) != kNone && state_.price[j] > 0) next_.push_back(j);
      if (state_.price[left] > 0) next_.push_back(left);
    }
    for (const std::int32_t i : touchedRows_) lowest_[i] = std::numeric_limits<Grains>::max();
    std::sort(next_.begin(), next_.end());
    next_.erase(std::unique(next_.begin(), next_.end()), next_.end());
    offering_.swap(next_);
  }

  struct Offer {
    std::int32_t row;
    Grains price;
    Grains value;  // what the row would pay then, price included
  };

  Offer offerOf(std::int32_t column, Grains step) const {
    thread_local std::vector<std::int32_t> costs;
    thread_local std::vector<Grains> values;
    costs.resize(source_.paddedRows());
    values.resize(shape_.rows);
    costsOf(column, costs, negative_.data(), values);
    const std::size_t first = static_cast<std::size_t>(column) * shape_.capacity;
    for (int s = 0; s < shape_.capacity; s++) {
      const std::int32_t own = state_.placeRow[first + s];
      if (own != kNone) values[own] = std::numeric_limits<Grains>::max();
    }
    Best best;
    for (int i = 0; i < shape_.rows; i++) best.offer(i, values[i]);
    if (best.column == kNone || -best.least <= step) return {kNone, 0, 0};
    const Grains second = best.next == std::numeric_limits<Grains>::max() ? 0 : -best.next - step;
    const Grains price = std::max<Grains>(0, second);
    return {best.column, price, best.least - negative_[best.column] + price};
  }

  /// values[i] = cost of (i, column) in grains + addend[i].
  void costsOf(std::int32_t column, std::vector<std::int32_t>& costs, const Grains* addend, std::vector<Grains>& values) const {
    const std::int32_t* column32 = source_.column(column, costs.data());
    kernels().values(column32, source_.base(), lists_.shift(), columnWord(column), rowWords_.data(), addend, shape_.rows, values.data());
    for (int e = stayersFrom_[column]; e < stayersFrom_[column + 1]; e++) {
      values[stayers_[e]] -= static_cast<Grains>(stay_.penalty[stayers_[e]]) << lists_.shift();
    }
  }

  /// A column's price fell: whoever may want it now has it listed.
  void tell(std::int32_t column) {
    thread_local std::vector<std::int32_t> costs;
    thread_local std::vector<Grains> values;
    costs.resize(source_.paddedRows());
    values.resize(shape_.rows);
    costsOf(column, costs, zero_.data(), values);
    near_.resize(shape_.rows);
    const int count = kernels().within(values.data(), state_.price[column], lists_.horizons(), shape_.rows, near_.data());
    for (int k = 0; k < count; k++) lists_.lowered(near_[k], column, values[near_[k]]);
  }

  /// For every column the rows whose stay is about it.
  void findStayers() {
    stayersFrom_.assign(shape_.columns + 1, 0);
    stayers_.clear();
    if (stay_.column == nullptr) return;
    for (int i = 0; i < shape_.rows; i++) {
      if (stay_.column[i] >= 0) stayersFrom_[stay_.column[i] + 1]++;
    }
    for (int j = 0; j < shape_.columns; j++) stayersFrom_[j + 1] += stayersFrom_[j];
    stayers_.resize(stayersFrom_[shape_.columns]);
    std::vector<std::int32_t>& at = next_;
    at.assign(stayersFrom_.begin(), stayersFrom_.end() - 1);
    for (int i = 0; i < shape_.rows; i++) {
      if (stay_.column[i] >= 0) stayers_[at[stay_.column[i]]++] = i;
    }
  }

  /// Rows that the rounds did not reach take the cheapest place that is free.
  void settle() {
    std::vector<std::int32_t> costs(source_.paddedColumns());
    for (int i = 0; i < shape_.rows; i++) {
      if (state_.column[i] != kNone) continue;
      const std::int32_t* row = source_.row(i, costs.data());
      std::int32_t cheapest = kNone;
      for (int j = 0; j < shape_.columns; j++) {
        if ((cheapest == kNone || row[j] < row[cheapest]) && freePlace(j) != kNone) cheapest = j;
      }
      const int place = freePlace(cheapest);
      setPlace(cheapest, place, state_.placePrice[static_cast<std::size_t>(cheapest) * shape_.capacity + place], i);
    }
  }

  /// The cost in units and the bound that the prices prove.
  void measure() {
    look();
    outcome_.cost = outcome_.penalties = 0;
    for (int i = 0; i < shape_.rows; i++) {
      outcome_.cost += source_.at(i, state_.column[i]);
      if (stay_.column != nullptr && stay_.column[i] != state_.column[i]) outcome_.penalties += penalty(i);
    }
    outcome_.cost += outcome_.penalties;
    // Ties are in the dual value, and are less than half a unit in all.
    const double ties = std::ldexp(255.0 * shape_.rows, -lists_.shift());
    outcome_.bound = std::min(outcome_.cost, static_cast<std::int64_t>(std::ceil(dual() - ties - 1e-6)));
  }

  const Shape shape_;
  CostSource source_;
  Shortlists lists_;
  State state_, spare_;
  const Effort* effort_ = nullptr;
  Stay stay_;
  Outcome outcome_;
  std::vector<Best> best_;
  struct Bid {
    std::int32_t column;
    Grains price;
  };
  std::vector<Bid> bids_;
  std::vector<Offer> offers_;
  std::vector<std::int32_t> open_, next_, offering_, near_, touched_, touchedRows_, highestRow_, lowestColumn_, stayersFrom_, stayers_;
  std::vector<std::uint32_t> rowWords_;
  std::vector<Grains> highest_, lowest_, owned_, negative_, zero_;
  std::atomic<std::int64_t> scans_{0};
};

}  // namespace

std::unique_ptr<Auction> createCpuAuction(Shape shape) {
  checkShape(shape);
  return std::make_unique<CpuAuction>(shape);
}

}  // namespace gimbal::assignment
