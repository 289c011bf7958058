#pragma once
#include <cstdint>

namespace gimbal::assignment {

/// The inner loops of the auction for one instruction set. All give the same numbers.
struct Kernels {
  /// out[j] = sum over pairs k of (points[k * stride + j] - point[k])^2 for j < count, a multiple of 16. Points and point are pairs of
  /// int16 packed in words.
  void (*distances)(const std::uint32_t* points, int stride, int count, const std::uint32_t* point, int pairs, std::int32_t* out);
  /// out[j] = ((cost[j] - base) << shift) + tie(word, words[j]) + addend[j] for j < count; answers the least.
  std::int64_t (*values)(const std::int32_t* cost, std::int64_t base, int shift, std::uint32_t word, const std::uint32_t* words,
                         const std::int64_t* addend, int count, std::int64_t* out);
  /// The indices of values <= limit, ascending, at most `most` of them; answers how many there are in all, or most + 1.
  int (*collect)(const std::int64_t* values, int count, std::int64_t limit, int most, std::int32_t* out);
  /// The indices where values[i] + price <= limits[i], ascending; answers how many there are.
  int (*within)(const std::int64_t* values, std::int64_t price, const std::int64_t* limits, int count, std::int32_t* out);
};

/// Those of the best set that this machine has (isa/isa.hpp).
const Kernels& kernels();
const Kernels& kernelsAvx2();
const Kernels& kernelsAvx512();

}  // namespace gimbal::assignment
