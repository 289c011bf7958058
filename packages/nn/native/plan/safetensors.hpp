#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace gimbal::nn {

/// A tensor of numbers as it lies in a file of weights.
struct Weights {
  std::vector<int> shape;
  std::vector<float> values;
};

/// Reads tensors of float32 or float16 from the bytes of a safetensors file: eight bytes of length, a JSON header, then the numbers.
/// @throws std::invalid_argument saying what is wrong with the file.
std::map<std::string, Weights> readSafetensors(const unsigned char* bytes, std::size_t count);

}  // namespace gimbal::nn
