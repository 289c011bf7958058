#pragma once
#include <cstring>
#include <string>
#include <vector>

#include "../plane/plane.hpp"

namespace gimbal {

/// A plane whose rows end in padding and which stands between two stretches of guard bytes. A write outside the picture changes a
/// guard; a read outside it brings in `seed`, so results that depend on the seed give such a read away.
template <class T>
struct CanaryPlane {
  static constexpr std::size_t margin = 256;
  std::vector<unsigned char> bytes;
  Plane<T> plane;
  unsigned char seed;
  int rowBytes;

  CanaryPlane(int samplesPerRow, int rows, int paddingSamples, unsigned char seedByte, int channels = 1)
      : bytes(2 * margin + static_cast<std::size_t>(samplesPerRow + paddingSamples) * sizeof(T) * rows, seedByte),
        seed(seedByte),
        rowBytes(samplesPerRow * static_cast<int>(sizeof(T))) {
    plane = {reinterpret_cast<T*>(bytes.data() + margin), samplesPerRow / channels, rows,
             static_cast<std::ptrdiff_t>((samplesPerRow + paddingSamples) * sizeof(T))};
  }
  CanaryPlane(const CanaryPlane&) = delete;

  Plane<const T> view() const { return plane; }

  bool intact() const {
    const auto* first = reinterpret_cast<const unsigned char*>(plane.data);
    for (std::size_t i = 0; i < margin; i++) {
      if (bytes[i] != seed || bytes[bytes.size() - 1 - i] != seed) return false;
    }
    for (int y = 0; y < plane.height; y++) {
      for (std::ptrdiff_t i = rowBytes; i < plane.stride; i++) {
        if (first[y * plane.stride + i] != seed) return false;
      }
    }
    return true;
  }

  bool sameSamples(const CanaryPlane& other) const {
    for (int y = 0; y < plane.height; y++) {
      if (std::memcmp(plane.row(y), other.plane.row(y), rowBytes) != 0) return false;
    }
    return true;
  }

  /// How many samples differ from another's, and the first of them, for a failed check's message.
  std::string difference(const CanaryPlane& other) const {
    int count = 0;
    std::string first;
    for (int y = 0; y < plane.height; y++) {
      for (int x = 0; x < rowBytes / static_cast<int>(sizeof(T)); x++) {
        const int here = plane.row(y)[x];
        const int there = other.plane.row(y)[x];
        if (here != there && count++ == 0) {
          first = ", first " + std::to_string(x) + "," + std::to_string(y) + ": " + std::to_string(here) + " for " + std::to_string(there);
        }
      }
    }
    return std::to_string(count) + " samples differ" + first;
  }
};

}  // namespace gimbal
