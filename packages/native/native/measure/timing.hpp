#pragma once
#include <algorithm>
#include <vector>

namespace gimbal {

/// Repeated measurements of one thing.
struct Timing {
  double median;  // microseconds
  double low;     // of the middle 80 %
  double high;
};

/// @param times At least one, microseconds.
inline Timing timingOf(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() / 10], times[times.size() - 1 - times.size() / 10]};
}

}  // namespace gimbal
