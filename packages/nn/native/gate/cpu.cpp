#include <vector>

#include "../corners/state.hpp"
#include "../tensor/cpu.hpp"
#include "gate.hpp"

namespace gimbal::nn {

void gate(const Gate& job) {
  const Shape& s = job.x.shape;
  const int stride = s.stride();
  for (int n = 0; n < job.items; n++) {
    if (!job.active.has(n)) continue;
    const Reader x(job.x, n);
    std::vector<double> mean(s.c, 0.0);
    for (std::size_t p = 0; p < s.pixels(); p++) {
      for (int c = 0; c < s.c; c++) mean[c] += x.at(p, c) / static_cast<double>(s.pixels());
    }
    float* affine = job.affine + static_cast<std::size_t>(n) * stride * 2;
    for (int o = 0; o < stride; o++) {
      double sum = o < s.c && job.bias != nullptr ? job.bias[o] : 0;
      for (int c = 0; c < s.c; c++) sum += mean[c] * job.weights[static_cast<std::size_t>(c) * stride + o];
      affine[2 * o] = o < s.c ? sigmoid(static_cast<float>(sum)) : 0;
      affine[2 * o + 1] = 0;
    }
  }
}

}  // namespace gimbal::nn
