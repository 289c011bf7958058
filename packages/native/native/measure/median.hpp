#pragma once
#include <algorithm>
#include <chrono>
#include <vector>

namespace gimbal {

/// Runs `work` a few times to warm up, then `runs` times; the median in milliseconds.
template <class Work>
double medianMilliseconds(const Work& work, int runs = 51) {
  for (int i = 0; i < 5; i++) work();
  std::vector<double> times;
  for (int i = 0; i < runs; i++) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
  return times[runs / 2];
}

}  // namespace gimbal
