// The oracle is counting: every index exactly once, whatever the split; exceptions and nested calls come through.
#include "parallel.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "../measure/expect.hpp"

using namespace gimbal;

namespace {

bool coversOnce(int begin, int end, int grain, int threads) {
  const int n = end > begin ? end - begin : 0;
  std::unique_ptr<std::atomic<int>[]> seen(new std::atomic<int>[n + 1]());
  std::atomic<bool> small{false};
  parallelFor(begin, end, grain, threads, [&](int from, int to) {
    if (to - from < grain && to - from < n) small = true;
    for (int i = from; i < to; i++) seen[i - begin]++;
  });
  for (int i = 0; i < n; i++) {
    if (seen[i] != 1) return false;
  }
  return !small;
}

}  // namespace

int main() {
  return runParity([](Expect& expect) {
    for (const int threads : {-1, 0, 1, 2, 3, 8, 100}) {
      for (const int n : {0, 1, 2, 7, 64, 1000}) {
        for (const int grain : {0, 1, 8, 5000}) {
          expect.that(coversOnce(-5, n - 5, grain, threads), std::to_string(n) + " indices, grain " + std::to_string(grain) +
                                                                 ", threads " + std::to_string(threads));
        }
      }
    }
    expect.throws<std::runtime_error>(
        [] { parallelFor(0, 100, 1, 4, [](int from, int) { if (from >= 50) throw std::runtime_error("x"); }); }, "a throwing body");
    std::atomic<int> total{0};
    parallelFor(0, 16, 1, 4, [&](int from, int to) {
      for (int i = from; i < to; i++) parallelFor(0, 10, 1, 4, [&](int a, int b) { total += b - a; });
    });
    expect.that(total == 160, "nested calls");
    std::atomic<int> shared{0};
    std::vector<std::thread> callers;
    for (int t = 0; t < 4; t++) {
      callers.emplace_back([&] {
        for (int k = 0; k < 200; k++) parallelFor(0, 37, 2, 3, [&](int a, int b) { shared += b - a; });
      });
    }
    for (auto& caller : callers) caller.join();
    expect.that(shared == 4 * 200 * 37, "several callers at once");
  });
}
