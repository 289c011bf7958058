#include <stdexcept>
#include <string>

#include "auction.hpp"

namespace gimbal::assignment {

void checkShape(Shape shape) {
  constexpr int kMostRows = 1 << 20;
  constexpr std::int64_t kMostPlaces = 1 << 24;
  const auto text = [](std::int64_t n) { return std::to_string(n); };
  if (shape.rows < 1 || shape.rows > kMostRows || shape.columns < 1 || shape.capacity < 1) {
    throw std::invalid_argument("an assignment has 1 to 1048576 rows, a column or more and a capacity of 1 or more; received " +
                                text(shape.rows) + " rows, " + text(shape.columns) + " columns, capacity " + text(shape.capacity));
  }
  const std::int64_t places = std::int64_t{shape.columns} * shape.capacity;
  if (places > kMostPlaces) {
    throw std::invalid_argument("columns times capacity may be 16777216 at most, received " + text(places) + "; lower the capacity to " +
                                text(kMostPlaces / shape.columns) + " or less");
  }
  if (places < shape.rows) {
    const std::int64_t capacity = (std::int64_t{shape.rows} + shape.columns - 1) / shape.columns;
    throw std::invalid_argument(text(shape.columns) + " columns that serve " + text(shape.capacity) + " rows each do not reach for " +
                                text(shape.rows) + " rows; a capacity of " + text(capacity) + " would, or " +
                                text((std::int64_t{shape.rows} + shape.capacity - 1) / shape.capacity) + " columns");
  }
}

}  // namespace gimbal::assignment
