#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "job.hpp"

namespace gimbal::alignment {

/// The median over the points in sight of a positive number, to half a percent: a histogram of the leading bits, so the cost is the
/// same for any numbers and nothing depends on their order.
template <class Value>
double medianOf(const Job& job, int points, int seen, Value value) {
  constexpr int perOctave = 128;
  constexpr int octaves = 40;
  constexpr std::uint32_t lowest = (127u - 20u) * perOctave;  // 2^-20
  std::uint32_t bins[perOctave * octaves] = {};
  for (int i = 0; i < points; i++) {
    if (job.deviation[i] < 0) continue;
    const float v = value(i);
    std::uint32_t bits;
    std::memcpy(&bits, &v, sizeof(bits));
    const auto bin = static_cast<std::int64_t>(bits >> 16) - lowest;
    bins[std::clamp<std::int64_t>(bin, 0, perOctave * octaves - 1)]++;
  }
  int left = (seen + 1) / 2;
  int bin = 0;
  while (bin < perOctave * octaves - 1 && (left -= static_cast<int>(bins[bin])) > 0) bin++;
  const std::uint32_t bits = (static_cast<std::uint32_t>(bin) + lowest) << 16 | 0x8000u;
  float middle;
  std::memcpy(&middle, &bits, sizeof(middle));
  return middle;
}

}  // namespace gimbal::alignment
