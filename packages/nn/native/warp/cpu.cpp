#include <algorithm>

#include "../tensor/cpu.hpp"
#include "warp.hpp"

namespace gimbal::nn {

void warpFeatures(const Warp& job) {
  const Shape& s = job.y.shape;
  for (int n = 0; n < job.items; n++) {
    if (!job.active.has(n)) continue;
    const Reader x(job.x, n);
    const Reader flow(job.flow, n);
    float* y = writerOf(job.y, n);
    for (int t = 0; t < s.t; t++) {
      for (int r = 0; r < s.h; r++) {
        for (int c = 0; c < s.w; c++, y += s.stride()) {
          const float fx = std::clamp(c + flow.at(t, r, c, 0), 0.0f, static_cast<float>(s.w - 1));
          const float fy = std::clamp(r + flow.at(t, r, c, 1), 0.0f, static_cast<float>(s.h - 1));
          const int x0 = static_cast<int>(fx);
          const int y0 = static_cast<int>(fy);
          const int x1 = std::min(x0 + 1, s.w - 1);
          const int y1 = std::min(y0 + 1, s.h - 1);
          const float ax = fx - static_cast<float>(x0);
          const float ay = fy - static_cast<float>(y0);
          for (int k = 0; k < s.stride(); k++) {
            y[k] = k >= s.c ? 0
                            : (x.at(t, y0, x0, k) * (1 - ax) + x.at(t, y0, x1, k) * ax) * (1 - ay) +
                                  (x.at(t, y1, x0, k) * (1 - ax) + x.at(t, y1, x1, k) * ax) * ay;
          }
        }
      }
    }
  }
}

}  // namespace gimbal::nn
