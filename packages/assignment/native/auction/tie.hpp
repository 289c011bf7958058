#pragma once
#include <cstdint>

#include <plane/host-device.hpp>

namespace gimbal::assignment {

/// A well mixed word of an index (the finalizer of MurmurHash3).
GIMBAL_HOST_DEVICE inline std::uint32_t mixed(std::uint32_t index, std::uint32_t seed) {
  std::uint32_t x = index * 0x9e3779b1u + seed;
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  x ^= x >> 16;
  return x;
}

GIMBAL_HOST_DEVICE inline std::uint32_t rowWord(int row) { return mixed(static_cast<std::uint32_t>(row), 0x243f6a88u); }
GIMBAL_HOST_DEVICE inline std::uint32_t columnWord(int column) { return mixed(static_cast<std::uint32_t>(column), 0x13198a2eu); }

/// 0 to 255 grains that are added to a cost. Equal costs thereby differ from row to row: rows that see the same spread over the columns
/// instead of all bidding for the first.
GIMBAL_HOST_DEVICE inline std::uint32_t tie(std::uint32_t row, std::uint32_t column) { return ((row ^ column) * 0x9e3779b1u) >> 24; }

}  // namespace gimbal::assignment
