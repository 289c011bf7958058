#include <functional>

#include <parallel/parallel.hpp>

#include "../tensor/cpu.hpp"
#include "add.hpp"

namespace gimbal::nn {

void add(const Add& job, int threads) {
  const Shape& shape = job.y.shape;
  for (int n = 0; n < job.items; n++) {
    if (!job.active.has(n)) continue;
    const Reader a(job.a, n);
    float* y = writerOf(job.y, n);
    const auto body = [&](int from, int to) {
      for (std::size_t p = from; p < static_cast<std::size_t>(to); p++) {
        for (int c = 0; c < shape.stride(); c++) {
          float value = 0;
          if (c < shape.c) value = activated(a.at(p, c) + (job.b ? Reader(job.b, n).at(p, c) : 0), job.slope);
          y[p * shape.stride() + c] = value;
        }
      }
    };
    parallelFor(0, static_cast<int>(shape.pixels()), 1024, threads, std::cref(body));
  }
}

}  // namespace gimbal::nn
