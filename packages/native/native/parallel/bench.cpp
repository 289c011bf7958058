#include <cstdio>

#include "../measure/median.hpp"
#include "parallel.hpp"

using namespace gimbal;

int main() {
  for (const int threads : {1, 2, 4}) {
    const double ms = medianMilliseconds([&] {
      for (int i = 0; i < 1000; i++) parallelFor(0, 64, 8, threads, [](int, int) {});
    });
    std::printf("an empty parallelFor on %d threads: %.2f microseconds\n", threads, ms);
  }
}
