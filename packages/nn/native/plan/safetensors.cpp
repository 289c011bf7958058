#include "safetensors.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "json.hpp"

namespace gimbal::nn {
namespace {

float fromHalf(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  const float sign = bits & 0x8000 ? -1.0f : 1.0f;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  if (exponent == 31) return sign * (fraction ? NAN : INFINITY);
  return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}

}  // namespace

std::map<std::string, Weights> readSafetensors(const unsigned char* bytes, std::size_t count) {
  const auto fail = [](const std::string& why) { throw std::invalid_argument("the weights are no safetensors file: " + why); };
  std::uint64_t length = 0;
  if (count >= 8) std::memcpy(&length, bytes, 8);
  if (count < 8 || length > count - 8) fail("the header is longer than the file");
  const std::size_t first = 8 + static_cast<std::size_t>(length);
  const Json header = Json::parse(std::string(reinterpret_cast<const char*>(bytes) + 8, static_cast<std::size_t>(length)));
  std::map<std::string, Weights> out;
  for (const auto& [name, entry] : header.entries()) {
    if (name == "__metadata__") continue;
    Weights weights;
    weights.shape = entry.wholes("shape");
    std::size_t numbers = 1;
    for (const int size : weights.shape) {
      if (size < 0 || (size > 0 && numbers > count / static_cast<std::size_t>(size))) fail(name + " has a shape that does not fit the file");
      numbers *= static_cast<std::size_t>(size);
    }
    const std::string& type = entry.at("dtype").text();
    const std::size_t bytesEach = type == "F32" ? 4 : type == "F16" ? 2 : 0;
    if (bytesEach == 0) fail(name + " is of type " + type + "; F32 and F16 are known");
    const auto& offsets = entry.at("data_offsets").items();
    const double from = offsets.empty() ? -1 : offsets[0].number();
    if (!(from >= 0 && from <= static_cast<double>(count))) fail(name + " has no place in the file");
    const std::size_t at = first + static_cast<std::size_t>(from);
    if (at > count || numbers * bytesEach > count - at) fail(name + " reaches past the end of the file");
    weights.values.resize(numbers);
    for (std::size_t i = 0; i < numbers; i++) {
      if (bytesEach == 4) {
        std::memcpy(&weights.values[i], bytes + at + 4 * i, 4);
      } else {
        std::uint16_t half;
        std::memcpy(&half, bytes + at + 2 * i, 2);
        weights.values[i] = fromHalf(half);
      }
    }
    out.emplace(name, std::move(weights));
  }
  return out;
}

}  // namespace gimbal::nn
