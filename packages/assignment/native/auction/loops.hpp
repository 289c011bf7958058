// The inner loops of the auction, compiled once per instruction set (see resize/rows.hpp of @gimbal/native for the rules). A file that
// includes this one defines `distances` for its instruction set first.
#pragma once
#include "kernels.hpp"
#include "tie.hpp"

namespace gimbal::assignment {
namespace {

inline std::int64_t values(const std::int32_t* __restrict cost, std::int64_t base, int shift, std::uint32_t word,
                           const std::uint32_t* __restrict words, const std::int64_t* __restrict addend, int count,
                           std::int64_t* __restrict out) {
  std::int64_t least = INT64_MAX;
  for (int j = 0; j < count; j++) {
    const std::uint32_t noise = ((word ^ words[j]) * 0x9e3779b1u) >> 24;
    const std::int64_t value = ((static_cast<std::int64_t>(cost[j]) - base) << shift) + static_cast<std::int64_t>(noise) + addend[j];
    out[j] = value;
    least = value < least ? value : least;
  }
  return least;
}

inline int collectPlain(const std::int64_t* values, int count, std::int64_t limit, int most, std::int32_t* out) {
  int found = 0;
  for (int j = 0; j < count; j++) {
    if (values[j] > limit) continue;
    if (found == most) return most + 1;
    out[found++] = j;
  }
  return found;
}

inline int withinPlain(const std::int64_t* values, std::int64_t price, const std::int64_t* limits, int count, std::int32_t* out) {
  int found = 0;
  for (int i = 0; i < count; i++) {
    if (values[i] + price <= limits[i]) out[found++] = i;
  }
  return found;
}

}  // namespace
}  // namespace gimbal::assignment
