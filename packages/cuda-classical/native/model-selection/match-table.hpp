#pragma once
#include <cstddef>

namespace gimbal {

/// Bytes that a match takes in the columns of the device's match table (table.cuh): eight of four bytes, four of eight.
constexpr std::size_t kMatchBytes = 8 * sizeof(float) + 4 * sizeof(double);

}  // namespace gimbal
