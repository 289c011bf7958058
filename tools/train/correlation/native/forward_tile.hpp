#pragma once
#include "tile.hpp"

namespace gimbal::correlation {

/// Forward: out[b, (dy, dx), y, x] = scale * sum over c of fa[b, c, y, x] * fb[b, c, y + dy - radius, x + dx - radius].
///
/// A block makes `shifts` row offsets dy of one tile, from `kChannels` channels at a time in shared memory. A thread keeps the
/// sums of one dy, all dx, for a strip of `cells` cells: per channel it reads cells + (cells + 8) samples for cells * (2r+1)
/// products.
template <typename Storage, typename Sum, int radius, int cells, int shifts>
struct ForwardTile {
  static constexpr int kSide = 2 * radius + 1, kLanes = kStrips<cells>, kThreads = kLanes * shifts;
  static constexpr int kGroups = (kSide + shifts - 1) / shifts;
  static constexpr int kChannels = sizeof(Sum) == 8 ? 8 : 16;
  static constexpr int kHaloY = kTileY + shifts - 1;
  static_assert(radius >= 1 && radius <= kMaxRadius);

  struct Shared {
    alignas(32) Sum first[kChannels][kTileY][kTileRow];
    alignas(32) Sum second[kChannels][kHaloY][kHaloRow];
  };
  struct Registers {
    Sum sums[kSide * cells];
  };

  const Problem& p;
  const Storage* fa;
  const Storage* fb;
  Storage* out;
  TileAt at;
  int dy0;

  GIMBAL_TILE static std::int64_t blocks(const Problem& p) { return std::int64_t{p.batch} * p.tilesX() * p.tilesY() * kGroups; }

  GIMBAL_TILE ForwardTile(const Problem& problem, const Storage* first, const Storage* second, Storage* result,
                          std::int64_t block)
      : p(problem), fa(first), fb(second), out(result), at(tileAt(problem, block / kGroups)) {
    dy0 = static_cast<int>(block % kGroups) * shifts;
  }

  GIMBAL_TILE static void clear(Registers& r) {
#pragma unroll
    for (int i = 0; i < kSide * cells; i++) r.sums[i] = Sum(0);
  }

  /// Copies `count` channels from `c0` on into shared memory: the tile of fa and the tile with halo of fb.
  GIMBAL_TILE void load(Shared& s, int thread, int c0, int count) const {
    constexpr int haloSlots = kHaloY * kHaloQuads, slots = haloSlots + kTileY * kTileQuads;
    const std::int64_t start = (std::int64_t{at.image} * p.channels + c0) * p.plane();
    for (int slot = thread; slot < slots; slot += kThreads) {
      if (slot < haloSlots) {
        const int row = slot / kHaloQuads, column = slot % kHaloQuads * 4;
#pragma unroll 8
        for (int c = 0; c < count; c++) {
          loadQuad(p, fb + start + c * p.plane(), at.y + dy0 - radius + row, at.x - kPad + column, &s.second[c][row][column]);
        }
      } else {
        const int row = (slot - haloSlots) / kTileQuads, column = (slot - haloSlots) % kTileQuads * 4;
#pragma unroll 8
        for (int c = 0; c < count; c++) {
          loadQuad(p, fa + start + c * p.plane(), at.y + row, at.x + column, &s.first[c][row][column]);
        }
      }
    }
  }

  GIMBAL_TILE void accumulate(const Shared& s, Registers& r, int thread, int count) const {
    const int shift = thread / kLanes;
    if (dy0 + shift >= kSide) return;
    const Strip strip = stripOf<cells>(thread % kLanes);
    for (int c = 0; c < count; c++) {
      Sum first[cells], second[cells + 2 * kPad];
      readQuads<cells / 4>(&s.first[c][strip.y][strip.x], first);
      readQuads<cells / 4 + 2>(&s.second[c][strip.y + shift][strip.x], second);
#pragma unroll
      for (int dx = 0; dx < kSide; dx++) {
#pragma unroll
        for (int i = 0; i < cells; i++) r.sums[dx * cells + i] += first[i] * second[i + dx + kPad - radius];
      }
    }
  }

  GIMBAL_TILE void store(const Registers& r, int thread) const {
    const int dy = dy0 + thread / kLanes;
    if (dy >= kSide) return;
    const Strip strip = stripOf<cells>(thread % kLanes);
    Storage* plane = out + (std::int64_t{at.image} * kSide + dy) * kSide * p.plane();
#pragma unroll
    for (int dx = 0; dx < kSide; dx++) {
#pragma unroll
      for (int i = 0; i < cells; i += 4) {
        storeQuad(p, plane + dx * p.plane(), at.y + strip.y, at.x + strip.x + i, &r.sums[dx * cells + i]);
      }
    }
  }
};

}  // namespace gimbal::correlation
