#pragma once
#include <vector>

#include "../conv/conv.hpp"

namespace gimbal::nn {

/// One part of a transposed convolution: an ordinary one whose outputs are every `step`-th place from `offset` on.
struct DeconvPhase {
  int kernel[3];
  int pad[3];  // may be negative: the first input sample lies further on
  int offset[3];
  int places[3];
  std::vector<float> weights;  // [out][in][taps], as plainWeights and packedWeights take them
};

/// Takes a transposed convolution apart into as many ordinary ones as it has phases, none of which multiplies by the zeros that it would put
/// between samples. Arrays of three are times, rows, columns. `weights` in PyTorch's order, [in][out][taps]; output has
/// (input - 1) stride - 2 pad + kernel places along an axis.
std::vector<DeconvPhase> deconvPhases(const float* weights, int in, int out, const int (&kernel)[3], const int (&stride)[3],
                                      const int (&pad)[3], const Shape& input);

/// Places along an axis.
inline int deconvSize(int input, int kernel, int stride, int pad) { return (input - 1) * stride - 2 * pad + kernel; }

}  // namespace gimbal::nn
