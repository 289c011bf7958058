#include <algorithm>

#include "../tensor/cpu.hpp"
#include "pool.hpp"

namespace gimbal::nn {

void pool(const Pool& job) {
  const Shape& out = job.y.shape;
  for (int n = 0; n < job.items; n++) {
    if (!job.active.has(n)) continue;
    const Reader x(job.x, n);
    float* y = writerOf(job.y, n);
    for (int t = 0; t < out.t; t++) {
      for (int r = 0; r < out.h; r++) {
        for (int c = 0; c < out.w; c++, y += out.stride()) {
          for (int k = 0; k < out.stride(); k++) {
            y[k] = k >= out.c ? 0
                              : std::max(std::max(x.at(t, 2 * r, 2 * c, k), x.at(t, 2 * r, 2 * c + 1, k)),
                                         std::max(x.at(t, 2 * r + 1, 2 * c, k), x.at(t, 2 * r + 1, 2 * c + 1, k)));
          }
        }
      }
    }
  }
}

}  // namespace gimbal::nn
