#pragma once
#include <cstdint>
#include <device/cuda-stream.hpp>

#include "../tensor/tensor.hpp"

namespace gimbal::nn {

/// A linear layer: weights [in][out], on a device also packed for tensor cores with one tile at a time.
struct Linear {
  const float* weights = nullptr;
  const std::uint32_t* packed = nullptr;
  const float* bias = nullptr;
};

/// Of a layer normalisation: scale and shift of each channel, epsilon 1e-5.
struct LayerNorm {
  const float* weight = nullptr;
  const float* bias = nullptr;
};

struct AttentionLayer {
  LayerNorm before, middle;
  Linear qkv, leave, widen, narrow;
};

constexpr int attentionWidth = 64;
constexpr int attentionHeads = 4;
constexpr int mostTokens = 80;
constexpr int mostAttentionLayers = 6;

/// Self-attention over few tokens: the cells of a small map, to each of which its place is added, and `extra` tokens of the network's
/// own. Layers normalise first and add (Xiong et al., "On Layer Normalization in the Transformer Architecture", ICML 2020), with
/// a perceptron twice as wide. y is x with what the layers add to the cells; `motion` a linear readout of the extra tokens.
/// The whole of it is one kernel, a block an item. 64 channels in four heads, at most 80 tokens.
struct Attention {
  View x;
  View y;
  const float* place = nullptr;   // [cells][64]
  const float* tokens = nullptr;  // [extra][64]
  int extra = 0;
  AttentionLayer layer[mostAttentionLayers];
  int layers = 0;
  Linear readout;          // plain weights [64][2, padded to 8]
  float* motion = nullptr;  // [items][extra][2]
  Active active;
  int items = 0;
};

void attention(const Attention& job);

namespace cuda {
/// x and y are stored alike: on tensor cores, or in float32 without. @throws CudaError.
void attention(const Attention& job, CudaStream stream);
}  // namespace cuda
}  // namespace gimbal::nn
