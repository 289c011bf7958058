#include "convert.hpp"

#include "../tensor/cpu.hpp"

namespace gimbal::nn {

void convert(const Convert& job) {
  const Shape& s = job.y.shape;
  for (int n = 0; n < job.items; n++) {
    if (!job.active.has(n)) continue;
    const Reader x(job.x, n);
    float* y = writerOf(job.y, n);
    for (std::size_t p = 0; p < s.pixels(); p++) {
      for (int c = 0; c < s.stride(); c++) *y++ = c < s.c ? x.at(p, c) : 0;
    }
  }
}

}  // namespace gimbal::nn
