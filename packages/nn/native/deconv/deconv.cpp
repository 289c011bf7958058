#include "deconv.hpp"

namespace gimbal::nn {
namespace {

/// Along one axis: which taps reach outputs of this phase, in the order of the input samples that they read.
struct Axis {
  std::vector<int> taps;
  int pad = 0;
  int places = 0;
};

Axis axisOf(int phase, int kernel, int stride, int pad, int size) {
  Axis axis;
  // Output o = stride i + tap - pad, so that with o = stride p + phase the tap reads input i = p + (phase + pad - tap) / stride.
  for (int tap = kernel - 1; tap >= 0; tap--) {
    const int from = phase + pad - tap;
    if (from % stride != 0) continue;
    if (axis.taps.empty()) axis.pad = -from / stride;
    axis.taps.push_back(tap);
  }
  axis.places = size > phase ? (size - phase + stride - 1) / stride : 0;
  return axis;
}

}  // namespace

std::vector<DeconvPhase> deconvPhases(const float* weights, int in, int out, const int (&kernel)[3], const int (&stride)[3],
                                      const int (&pad)[3], const Shape& input) {
  const int sizes[3] = {deconvSize(input.t, kernel[0], stride[0], pad[0]), deconvSize(input.h, kernel[1], stride[1], pad[1]),
                        deconvSize(input.w, kernel[2], stride[2], pad[2])};
  std::vector<DeconvPhase> phases;
  for (int phase = 0; phase < stride[0] * stride[1] * stride[2]; phase++) {
    const int offset[3] = {phase / stride[2] / stride[1], phase / stride[2] % stride[1], phase % stride[2]};
    Axis axis[3];
    DeconvPhase one{};
    for (int a = 0; a < 3; a++) {
      axis[a] = axisOf(offset[a], kernel[a], stride[a], pad[a], sizes[a]);
      one.kernel[a] = static_cast<int>(axis[a].taps.size());
      one.pad[a] = axis[a].pad;
      one.offset[a] = offset[a];
      one.places[a] = axis[a].places;
    }
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        for (const int t : axis[0].taps) {
          for (const int y : axis[1].taps) {
            for (const int x : axis[2].taps) {
              one.weights.push_back(weights[((static_cast<std::size_t>(i) * out + o) * kernel[0] + t) * kernel[1] * kernel[2] + y * kernel[2] + x]);
            }
          }
        }
      }
    }
    phases.push_back(std::move(one));
  }
  return phases;
}

}  // namespace gimbal::nn
