#pragma once
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "expect.hpp"

namespace gimbal {

/// How many threads check side by side.
constexpr int checkingThreads = 4;

/// Turns 0 to `turns` - 1 by several threads at once; a third of them where only every fifth case or fewer are asked for. What is not
/// right, or throws, fails the check.
/// @param right Whether a turn went well; called by several threads.
template <class Right>
void byThreads(Expect& expect, int turns, int every, const Right& right) {
  bool allRight[checkingThreads] = {};
  std::string thrown[checkingThreads];
  std::vector<std::thread> running;
  for (int t = 0; t < checkingThreads; t++) {
    running.emplace_back([&, t] {
      try {
        allRight[t] = true;
        for (int turn = t; turn < turns; turn += checkingThreads * (every > 4 ? 3 : 1)) allRight[t] = right(turn) && allRight[t];
      } catch (const std::exception& error) {
        thrown[t] = error.what();
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  for (int t = 0; t < checkingThreads; t++) {
    expect.that(allRight[t] && thrown[t].empty(), "thread " + std::to_string(t) + ": " + thrown[t]);
  }
}

}  // namespace gimbal
