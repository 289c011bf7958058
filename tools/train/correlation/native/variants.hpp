#pragma once
#include <type_traits>

#include "backward_tile.hpp"
#include "forward_tile.hpp"

namespace gimbal::correlation {

/// float16 and bfloat16 are summed in float32, float64 in itself.
template <typename Storage>
using SumOf = std::conditional_t<std::is_same_v<Storage, double>, double, float>;

/// Many tiles: a block makes all row offsets of its tile, eight cells a thread (the fewest reads for a product).
template <typename Storage, int radius>
using WideForward = ForwardTile<Storage, SumOf<Storage>, radius, 8, 2 * radius + 1>;

/// Few tiles: three row offsets a block and four cells a thread, so that small problems spread over more multiprocessors.
template <typename Storage, int radius>
using NarrowForward = ForwardTile<Storage, SumOf<Storage>, radius, 4, 3>;

template <typename Storage, int radius, bool ofSecond>
using Backward = BackwardTile<Storage, SumOf<Storage>, radius, 4, std::is_same_v<Storage, double> ? 4 : 8, 4, ofSecond>;

/// Whether the tiles alone would leave multiprocessors idle.
inline bool isSmall(const Problem& p, int multiprocessors) {
  return std::int64_t{p.batch} * p.tilesX() * p.tilesY() < 2 * std::int64_t{multiprocessors};
}

/// Calls `action` with the radius as a compile-time constant; false when there is no kernel for this radius.
template <typename Action>
bool withRadius(int radius, Action action) {
  switch (radius) {
    case 1:
      action(std::integral_constant<int, 1>());
      return true;
    case 2:
      action(std::integral_constant<int, 2>());
      return true;
    case 3:
      action(std::integral_constant<int, 3>());
      return true;
    case 4:
      action(std::integral_constant<int, 4>());
      return true;
    default:
      return false;
  }
}

}  // namespace gimbal::correlation
