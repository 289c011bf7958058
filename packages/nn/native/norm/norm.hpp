#pragma once
#include "../tensor/tensor.hpp"

namespace gimbal::nn {

/// Group normalisation (with as many groups as channels: instance normalisation) of what an operation writes, over an item's pixels.
/// The operation adds up its outputs; the last block of an item turns the sums into the scale and shift with which the tensor is then
/// read (View::affine). Wu and He, "Group Normalization", ECCV 2018.
struct Norm {
  int groups = 0;  // 0: no normalisation
  float epsilon = 1e-5f;
  const float* weight = nullptr;  // of each channel; null: 1
  const float* bias = nullptr;    // null: 0
  float* affine = nullptr;        // [items][channels, padded][2], written
  // On a device:
  float* partial = nullptr;           // [items][blocks][channels, padded][2]: sums and sums of squares
  unsigned* arrivals = nullptr;       // [items], 0 before and after
  int blocks = 0;                     // of an item that write partial sums of the same channels
};

/// Most channels that a normalised tensor may have.
constexpr int mostNormChannels = 512;

}  // namespace gimbal::nn
