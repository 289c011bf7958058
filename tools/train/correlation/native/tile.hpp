#pragma once
#include <cstdint>

#if defined(__CUDACC__)
#define GIMBAL_TILE __host__ __device__ __forceinline__
#else
#define GIMBAL_TILE inline
#endif

/// What the forward and the backward kernel share: a tile of 16x8 cells with a halo, and how threads lie on it.
///
/// The kernels are written as phases of one thread (load, accumulate, store) without any CUDA in them. A kernel runs the phases
/// with barriers between them; the host operator runs them thread after thread, which tests every index where there is no GPU.
namespace gimbal::correlation {

/// One problem. Feature maps are (batch, channels, height, width), the correlation (batch, (2r+1)^2, height, width), all
/// contiguous.
struct Problem {
  int batch = 0, channels = 0, height = 0, width = 0;
  double scale = 1;
  /// Whether rows and pointers allow four samples to be read and written at once.
  bool quads = false;

  GIMBAL_TILE int tilesX() const { return (width + 15) / 16; }
  GIMBAL_TILE int tilesY() const { return (height + 7) / 8; }
  GIMBAL_TILE std::int64_t plane() const { return std::int64_t{height} * width; }
};

/// Columns and rows of a tile; columns of halo on each side (so radii up to 4, and every quad of the halo tile is aligned).
inline constexpr int kTileX = 16, kTileY = 8, kPad = 4, kMaxRadius = kPad;
inline constexpr int kHaloX = kTileX + 2 * kPad, kHaloQuads = kHaloX / 4, kTileQuads = kTileX / 4;
/// Row lengths in shared memory. Quads of rows y and y+4 (and, for eight cells a thread, of y and y+1 too) fall into different
/// banks.
inline constexpr int kTileRow = kTileX + 4, kHaloRow = kHaloX + 4;

template <typename T>
struct alignas(4 * sizeof(T)) Quad {
  T v[4];
};

/// Copies the four samples at (x, y), x a multiple of four, of a plane into `to`; samples outside the plane are zero.
template <typename Storage, typename Sum>
GIMBAL_TILE void loadQuad(const Problem& p, const Storage* plane, int y, int x, Sum* to) {
  Quad<Sum> out{};
  if (y >= 0 && y < p.height) {
    const Storage* row = plane + std::int64_t{y} * p.width;
    if (p.quads) {
      if (x >= 0 && x < p.width) {
        const auto in = *reinterpret_cast<const Quad<Storage>*>(row + x);
#pragma unroll
        for (int i = 0; i < 4; i++) out.v[i] = static_cast<Sum>(in.v[i]);
      }
    } else {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        if (x + i >= 0 && x + i < p.width) out.v[i] = static_cast<Sum>(row[x + i]);
      }
    }
  }
  *reinterpret_cast<Quad<Sum>*>(to) = out;
}

/// Writes four sums times the scale to (x, y) of a plane; what lies outside is dropped.
template <typename Storage, typename Sum>
GIMBAL_TILE void storeQuad(const Problem& p, Storage* plane, int y, int x, const Sum* from) {
  if (y >= p.height || x >= p.width) return;
  Storage* row = plane + std::int64_t{y} * p.width;
  Quad<Storage> out;
#pragma unroll
  for (int i = 0; i < 4; i++) out.v[i] = static_cast<Storage>(from[i] * static_cast<Sum>(p.scale));
  if (p.quads) {
    *reinterpret_cast<Quad<Storage>*>(row + x) = out;
  } else {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if (x + i < p.width) row[x + i] = out.v[i];
    }
  }
}

/// Reads `count` quads from shared memory into registers.
template <int count, typename Sum>
GIMBAL_TILE void readQuads(const Sum* from, Sum* to) {
#pragma unroll
  for (int q = 0; q < count; q++) {
    const auto quad = *reinterpret_cast<const Quad<Sum>*>(from + 4 * q);
#pragma unroll
    for (int i = 0; i < 4; i++) to[4 * q + i] = quad.v[i];
  }
}

/// Where a thread's strip of `cells` neighbouring cells starts in the tile.
struct Strip {
  int x, y;
};

/// Strips of a tile in an order whose every eight neighbours read eight different groups of banks, with rows of `kTileRow` and
/// `kHaloRow` samples.
template <int cells>
GIMBAL_TILE Strip stripOf(int lane) {
  static_assert(cells == 4 || cells == 8);
  if constexpr (cells == 8) {
    return {(lane & 1) * 8, ((lane >> 1) & 1) | ((lane >> 2) & 1) << 2 | ((lane >> 3) & 1) << 1};
  } else {
    return {(lane & 3) * 4, ((lane >> 2) & 1) << 2 | ((lane >> 3) & 3)};
  }
}

/// Strips of `cells` cells in a tile.
template <int cells>
inline constexpr int kStrips = kTileX* kTileY / cells;

/// Tile of a block: image of the batch, and the cell of its upper left corner.
struct TileAt {
  int image, x, y;
};

GIMBAL_TILE TileAt tileAt(const Problem& p, std::int64_t tile) {
  const int tx = p.tilesX(), ty = p.tilesY();
  const auto across = static_cast<int>(tile % tx);
  const auto down = static_cast<int>(tile / tx % ty);
  return {static_cast<int>(tile / (std::int64_t{tx} * ty)), across * kTileX, down * kTileY};
}

}  // namespace gimbal::correlation
