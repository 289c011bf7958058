#include "../tensor/cpu.hpp"
#include "shuffle.hpp"

namespace gimbal::nn {

void shuffle(const Shuffle& job) {
  const Shape& out = job.y.shape;
  const int f = job.factor;
  for (int n = 0; n < job.items; n++) {
    if (!job.active.has(n)) continue;
    const Reader x(job.x, n);
    float* y = writerOf(job.y, n);
    for (int t = 0; t < out.t; t++) {
      for (int r = 0; r < out.h; r++) {
        for (int c = 0; c < out.w; c++, y += out.stride()) {
          for (int k = 0; k < out.stride(); k++) {
            y[k] = 0;
            if (k >= out.c) continue;
            float value = x.at(t, r / f, c / f, (k * f + r % f) * f + c % f);
            if (job.residual) value += Reader(job.residual, n).at(t, r, c, k);
            y[k] = activated(value, job.slope);
          }
        }
      }
    }
  }
}

}  // namespace gimbal::nn
