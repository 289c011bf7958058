#pragma once
#include <cstdint>
#include <vector>

#include "../norm/norm.hpp"
#include "../tensor/tensor.hpp"
#include <device/cuda-stream.hpp>

namespace gimbal::nn {

/// A convolution over times, rows and columns with what follows it:
///   y = activation(normalisation(conv(scale * x + shift) + bias) + residual)
/// where a place outside of x counts as zero. A normalisation stays pending on y, so that it goes with neither an activation nor a
/// residual here. Arrays of three are times, rows, columns.
struct Conv {
  View x;
  View y;
  View residual;
  int kernel[3] = {1, 1, 1};
  int stride[3] = {1, 1, 1};
  int pad[3] = {0, 0, 0};  // before the first sample; what is missing after the last one is zero too
  int dilation[3] = {1, 1, 1};
  /// Outputs are written at step * place + offset of y, which is how a transposed convolution is put together.
  int places[3] = {1, 1, 1};
  int step[3] = {1, 1, 1};
  int offset[3] = {0, 0, 0};
  float scale = 1;
  float shift = 0;
  /// `plainWeights`, on a device also `packedWeights`.
  const float* weights = nullptr;
  const std::uint32_t* packed = nullptr;
  const float* bias = nullptr;  // of each channel, padded; null: 0
  float slope = 1;              // the activation, see `activated`
  Norm norm;
  Active active;
  int items = 0;
};

/// Weights as the plain paths read them, [tap][channel in][channel out, padded], from PyTorch's order [out][in][taps].
std::vector<float> plainWeights(const float* weights, int out, int in, int taps);

/// Weights as the tensor cores take them: by step along K, eight output channels and lane, two words each. Float32 is rounded to tf32.
std::vector<std::uint32_t> packedWeights(const float* weights, int out, int in, int taps, Type type, int together);

/// How many tiles of eight output channels are dealt out together, so that a thread owns channels side by side and writes up to 16
/// bytes at once.
inline int tilesTogether(int padded) { return padded % 32 == 0 ? 4 : padded % 16 == 0 ? 2 : 1; }

/// On the CPU, float32 throughout.
void conv(const Conv& job, int threads);

namespace cuda {

/// Blocks of an item that each write one partial sum of every channel, for Norm::blocks.
int convBlocks(const Conv& job, bool tensorCores);

/// `tensorCores`: products of fp16, bf16, or tf32 where x is float32, with sums in float32; otherwise everything in float32.
/// @throws CudaError; std::invalid_argument where x and y are stored as no kernel takes them.
void conv(const Conv& job, bool tensorCores, CudaStream stream);

/// Whether tensor cores can take the job: enough channels, and a tensor stored as they multiply.
bool convFits(const Conv& job);

}  // namespace cuda
}  // namespace gimbal::nn
