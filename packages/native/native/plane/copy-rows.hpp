#pragma once
#include <cstddef>
#include <cstring>

namespace gimbal {

/// Copies rows of `rowBytes` bytes in host memory, and nothing that lies between rows.
inline void copyRows(unsigned char* to, std::ptrdiff_t toStride, const unsigned char* from, std::ptrdiff_t fromStride, std::size_t rowBytes,
                     int rows) {
  if (toStride == fromStride && static_cast<std::size_t>(toStride) == rowBytes) {
    std::memcpy(to, from, rowBytes * rows);
    return;
  }
  for (int y = 0; y < rows; y++) std::memcpy(to + y * toStride, from + y * fromStride, rowBytes);
}

}  // namespace gimbal
