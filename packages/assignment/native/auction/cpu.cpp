#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <parallel/parallel.hpp>

#include "driver.hpp"
#include "shortlists.hpp"
#include "tie.hpp"

namespace gimbal::assignment {
namespace {

constexpr std::int32_t kNone = -1;
constexpr std::int32_t kLeft = -2;  // a place that was left in this round

/// What is kept from call to call, and put back when a call is cancelled.
struct State {
  std::vector<std::int64_t> price;      // of a column: the least of its places
  std::vector<std::int64_t> placePrice;  // columns x capacity
  std::vector<std::int32_t> placeRow;    // columns x capacity; kNone where it is free
  std::vector<std::int32_t> column;      // of a row; kNone where it has none
};

class CpuAuction final : public Driver {
 public:
  explicit CpuAuction(Shape shape)
      : Driver(shape), source_(shape), lists_(shape), mostBid_(mostLead(shape.rows)), mostOffer_(mostLead(shape.columns)) {
    const std::size_t places = static_cast<std::size_t>(shape.columns) * shape.capacity;
    state_.price.resize(shape.columns);
    state_.placePrice.resize(places);
    state_.placeRow.resize(places);
    state_.column.resize(shape.rows);
    forget();
    highest_.assign(shape.columns, -1);
    highestRow_.resize(shape.columns);
    highestGain_.assign(shape.rows, -1);
    gainColumn_.resize(shape.rows);
    rowWords_.resize(shape.rows);
    for (int i = 0; i < shape.rows; i++) rowWords_[i] = rowWord(i);
    bids_.resize(shape.rows);
    owned_.resize(shape.rows);
    zero_.assign(shape.rows, 0);
    spare_ = state_;
  }

  void prices(double* out) const override {
    for (int j = 0; j < shape_.columns; j++) out[j] = std::ldexp(static_cast<double>(state_.price[j]), -shift_);
  }

 private:

  void forget() {
    std::fill(state_.price.begin(), state_.price.end(), 0);
    std::fill(state_.placePrice.begin(), state_.placePrice.end(), 0);
    std::fill(state_.placeRow.begin(), state_.placeRow.end(), kNone);
    std::fill(state_.column.begin(), state_.column.end(), kNone);
  }

  void save() override { spare_ = state_; }

  void restore() override {
    state_ = spare_;
    lists_.forget();
  }

  void take(const Costs& costs, const Stay& stay, bool cold) override {
    if (cold) {
      forget();
      lists_.forget();
    }
    source_.take(costs);
    lists_.renew(source_, stay, state_.price.data(), effort_->threads);
    findStayers();
  }

  std::int64_t base() const override { return source_.base(); }

  void columns(std::int32_t* out) const override { std::copy(state_.column.begin(), state_.column.end(), out); }

  /// Goes through every row's best columns at the present prices.
  void findBest() {
    best_.resize(shape_.rows);
    scans_.store(0);
    parallelFor(0, shape_.rows, 32, effort_->threads, [&](int from, int to) {
      std::int64_t scans = 0;
      for (int i = from; i < to; i++) scans += lists_.best(i, state_.price.data(), best_[i]);
      scans_ += scans;
    });
    outcome_.scans += scans_;
  }

  Look look() override {
    findBest();
    const Grains mask = (Grains{1} << shift_) - 1;
    Look look;
    for (int i = 0; i < shape_.rows; i++) {
      look.leastUnits += best_[i].least >> shift_;
      look.leastGrains += best_[i].least & mask;
      look.loose += state_.column[i] == kNone || valueOf(i) > best_[i].least;
    }
    for (const Grains price : state_.price) {
      look.priceUnits += price >> shift_;
      look.priceGrains += price & mask;
    }
    return look;
  }

  Grains valueOf(int row) const { return lists_.cost(row, state_.column[row]) + state_.price[state_.column[row]]; }

  Grains spread() override {
    const int rows = std::min(shape_.rows, kSamples), columns = std::min(shape_.columns, kSamples);
    Grains sum = 0;
    for (int r = 0; r < rows; r++) {
      const int i = static_cast<int>(static_cast<std::int64_t>(r) * shape_.rows / rows);
      for (int c = 0; c < columns; c++) {
        const int j = static_cast<int>(static_cast<std::int64_t>(c) * shape_.columns / columns);
        sum += (lists_.cost(i, j) + state_.price[j] - best_[i].least) / (rows * columns);
      }
    }
    return sum;
  }

  void stage(Grains step) override {
    findBest();
    open_.clear();
    for (int i = 0; i < shape_.rows; i++) {
      if (state_.column[i] != kNone) {
        owned_[i] = lists_.cost(i, state_.column[i]);
        if (owned_[i] + state_.price[state_.column[i]] <= best_[i].least + step) continue;
        state_.placeRow[placeOf(i)] = kNone;
        state_.column[i] = kNone;
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

  /// Counts a round, if there may be one more.
  bool tick() {
    checkCancel();
    outcome_.exhausted = outcome_.rounds >= effort_->mostRounds;
    if (!outcome_.exhausted) outcome_.rounds++;
    return !outcome_.exhausted;
  }

  /// The place that a row has, among all columns' places.
  std::size_t placeOf(int row) const {
    std::size_t place = static_cast<std::size_t>(state_.column[row]) * shape_.capacity;
    while (state_.placeRow[place] != row) place++;
    return place;
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
    if (!tick()) return;
    scans_.store(0);
    const int count = static_cast<int>(open_.size());
    parallelFor(0, count, 64, effort_->threads, [&](int from, int to) {
      std::int64_t scans = 0;
      for (int k = from; k < to; k++) {
        Best best;
        scans += lists_.best(open_[k], state_.price.data(), best);
        const Grains lead = best.next == std::numeric_limits<Grains>::max() ? 0 : std::min(best.next - best.least, mostBid_ - step);
        bids_[k] = {best.column, state_.price[best.column] + lead + step};
      }
      scans_ += scans;
    });
    outcome_.scans += scans_;
    outcome_.bids += count;
    touched_.clear();
    for (int k = 0; k < count; k++) {
      const auto [j, bid] = bids_[k];
      if (bid > kMostGrains) throwTooFarApart();
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
  /// first; every row takes the one that it gains most by (of equals the first column's). A column that no row would take at any price is free.
  void reverse(Grains step) {
    if (!tick()) return;
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
      if (highestGain_[offer.row] < 0) touchedRows_.push_back(offer.row);
      if (offer.gain > highestGain_[offer.row] || (offer.gain == highestGain_[offer.row] && j < gainColumn_[offer.row])) {
        highestGain_[offer.row] = offer.gain;
        gainColumn_[offer.row] = j;
      }
    }
    // Places that rows leave in this round count as free from the next one on: the order of the columns does not matter then.
    left_.clear();
    for (std::size_t k = 0; k < offering_.size(); k++) {
      const std::int32_t j = offering_[k];
      const Offer& offer = offers_[k];
      if (offer.row == kNone) {
        const std::size_t first = static_cast<std::size_t>(j) * shape_.capacity;
        for (int s = 0; s < shape_.capacity; s++) {
          if (state_.placeRow[first + s] == kNone) state_.placePrice[first + s] = 0;
        }
        state_.price[j] = 0;
      } else if (gainColumn_[offer.row] == j) {
        next_.push_back(state_.column[offer.row]);
        left_.push_back(placeOf(offer.row));
        state_.placeRow[left_.back()] = kLeft;
        setPlace(j, freePlace(j), offer.price, offer.row);
      }
      next_.push_back(j);
    }
    for (const std::size_t place : left_) state_.placeRow[place] = kNone;
    for (std::size_t k = 0; k < offering_.size(); k++) {
      if (offers_[k].row == kNone || gainColumn_[offers_[k].row] == offering_[k]) tell(offering_[k]);
    }
    for (const std::int32_t i : touchedRows_) highestGain_[i] = -1;
    std::sort(next_.begin(), next_.end());
    next_.erase(std::unique(next_.begin(), next_.end()), next_.end());
    std::erase_if(next_, [&](std::int32_t j) { return state_.price[j] == 0 || freePlace(j) == kNone; });
    offering_.swap(next_);
  }

  struct Offer {
    std::int32_t row;
    Grains price;
    Grains gain;  // how much less the row would pay, price included
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
    return {best.column, price, std::min(-best.least - price, mostOffer_)};
  }

  /// values[i] = cost of (i, column) in grains + addend[i].
  void costsOf(std::int32_t column, std::vector<std::int32_t>& costs, const Grains* addend, std::vector<Grains>& values) const {
    const std::int32_t* column32 = source_.column(column, costs.data());
    kernels().values(column32, source_.base(), shift_, columnWord(column), rowWords_.data(), addend, shape_.rows, values.data());
    for (int e = stayersFrom_[column]; e < stayersFrom_[column + 1]; e++) {
      values[stayers_[e]] -= static_cast<Grains>(stay_.penalty[stayers_[e]]) << shift_;
    }
  }

  /// A column's price fell: every row that may want it now has it listed.
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
  void settle() override {
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

  Paid paid() override {
    Paid paid;
    for (int i = 0; i < shape_.rows; i++) {
      paid.cost += source_.at(i, state_.column[i]);
      if (stay_.column != nullptr && stay_.column[i] != state_.column[i]) paid.penalties += penalty(i);
    }
    paid.cost += paid.penalties;
    return paid;
  }

  CostSource source_;
  Shortlists lists_;
  State state_, spare_;
  const Grains mostBid_, mostOffer_;
  std::vector<Best> best_;
  struct Bid {
    std::int32_t column;
    Grains price;
  };
  std::vector<Bid> bids_;
  std::vector<Offer> offers_;
  std::vector<std::size_t> left_;
  std::vector<std::int32_t> open_, next_, offering_, near_, touched_, touchedRows_, highestRow_, gainColumn_, stayersFrom_, stayers_;
  std::vector<std::uint32_t> rowWords_;
  std::vector<Grains> highest_, highestGain_, owned_, negative_, zero_;
  std::atomic<std::int64_t> scans_{0};
};

}  // namespace

std::unique_ptr<Auction> createCpuAuction(Shape shape) {
  checkShape(shape);
  return std::make_unique<CpuAuction>(shape);
}

}  // namespace gimbal::assignment
