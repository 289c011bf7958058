#include "../tensor/cpu.hpp"
#include "corners.hpp"

namespace gimbal::nn {

void corners(const Corners& job) {
  const int channels = job.x.shape.c;
  for (int n = 0; n < job.items; n++) {
    float* state = job.state + static_cast<std::size_t>(n) * stateNumbers;
    float* record = job.record + n * job.recordStride;
    if (job.active.count != nullptr && n >= *job.active.count) continue;
    if (!job.active.has(n)) {
      repeatStep(state, record);
      continue;
    }
    const Reader x(job.x, n);
    const UnitHomography h(state, job.geometry.extent);
    const Reader map(job.map, n);
    const Shape& s = job.map.shape;
    for (int i = 0; i < s.h * s.w; i++) {
      const int r = i / s.w;
      const int c = i % s.w;
      float logit = map.at(static_cast<std::size_t>(i), 0);
      if (job.mixed) logit += Reader(job.mixed, n).at(0, r / 2, c / 2, r % 2 * 2 + c % 2);
      const float step = job.geometry.stride / job.geometry.extent;
      float px, py;
      h.project(c * step, r * step, px, py);
      job.inliers[static_cast<std::size_t>(n) * s.pixels() + i] = isInside(px, py, job.geometry.extent) ? sigmoid(logit) : 0;
    }
    float motion[8];
    float spread = job.spreadBias[0];
    for (int k = 0; k < 4; k++) {
      for (int d = 0; d < 2; d++) {
        float sum = job.bias[d];
        for (int c = 0; c < channels; c++) sum += job.weight[d * channels + c] * x.at(static_cast<std::size_t>(k), c);
        if (job.motion != nullptr) sum += job.motion[n * 8 + 2 * k + d];
        motion[2 * k + d] = sum * job.geometry.stride;
      }
      for (int c = 0; c < channels; c++) spread += job.spreadWeight[c] * x.at(static_cast<std::size_t>(k), c) / 4;
    }
    updateState(state, record, motion, spreadOf(spread), job.geometry, job.reach);
  }
}

}  // namespace gimbal::nn
