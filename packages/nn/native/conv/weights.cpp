#include <cstring>

#include "conv.hpp"

namespace gimbal::nn {
namespace {

std::uint16_t halfOf(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, 4);
  const std::uint32_t sign = bits >> 16 & 0x8000u;
  const int exponent = static_cast<int>(bits >> 23 & 0xff) - 127 + 15;
  const std::uint32_t fraction = bits & 0x7fffffu;
  if (exponent >= 31) return static_cast<std::uint16_t>(sign | 0x7c00u);
  // Below the smallest normal number the leading one is part of the fraction.
  const std::uint32_t whole = exponent > 0 ? static_cast<std::uint32_t>(exponent) << 23 | fraction : fraction | 0x800000u;
  const int drop = exponent > 0 ? 13 : 14 - exponent;
  if (drop > 24) return static_cast<std::uint16_t>(sign);
  const std::uint32_t rest = whole & ((1u << drop) - 1);
  std::uint32_t rounded = whole >> drop;
  const std::uint32_t middle = 1u << (drop - 1);
  if (rest > middle || (rest == middle && (rounded & 1))) rounded++;
  return static_cast<std::uint16_t>(sign | rounded);
}

std::uint16_t brainOf(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return static_cast<std::uint16_t>((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}

std::uint32_t tf32Of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return (bits + 0x1000u) & ~0x1fffu;
}

}  // namespace

std::vector<float> plainWeights(const float* weights, int out, int in, int taps) {
  const int stride = (out + 7) / 8 * 8;
  std::vector<float> plain(static_cast<std::size_t>(taps) * in * stride, 0.0f);
  for (int o = 0; o < out; o++) {
    for (int i = 0; i < in; i++) {
      for (int k = 0; k < taps; k++) {
        plain[(static_cast<std::size_t>(k) * in + i) * stride + o] = weights[(static_cast<std::size_t>(o) * in + i) * taps + k];
      }
    }
  }
  return plain;
}

std::vector<std::uint32_t> packedWeights(const float* weights, int out, int in, int taps, Type type, int together) {
  const int stride = (out + 7) / 8 * 8;
  const int tiles = stride / 8;
  const int step = type == Type::f32 ? 8 : 16;
  const int steps = (in + step - 1) / step;
  const auto at = [&](int tap, int i, int o) {
    return i < in && o < out ? weights[(static_cast<std::size_t>(o) * in + i) * taps + tap] : 0.0f;
  };
  std::vector<std::uint32_t> packed(static_cast<std::size_t>(taps) * steps * tiles * 64);
  std::size_t word = 0;
  for (int tap = 0; tap < taps; tap++) {
    for (int s = 0; s < steps; s++) {
      for (int tile = 0; tile < tiles; tile++) {
        for (int lane = 0; lane < 32; lane++) {
          const int column = lane / 4;
          const int o = tile / together * together * 8 + column / 2 * together * 2 + tile % together * 2 + column % 2;
          for (int r = 0; r < 2; r++, word++) {
            if (type == Type::f32) {
              packed[word] = tf32Of(at(tap, s * step + lane % 4 + 4 * r, o));
              continue;
            }
            const int i = s * step + lane % 4 * 2 + 8 * r;
            const auto narrow = type == Type::f16 ? halfOf : brainOf;
            packed[word] = narrow(at(tap, i, o)) | static_cast<std::uint32_t>(narrow(at(tap, i + 1, o))) << 16;
          }
        }
      }
    }
  }
  return packed;
}

}  // namespace gimbal::nn
