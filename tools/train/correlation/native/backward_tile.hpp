#pragma once
#include "tile.hpp"

namespace gimbal::correlation {

/// Backward, as a gather in both directions, so no atomics and always the same bits. With e = (ey, ex):
///
///   gradient of fa:  out[c, y, x] = scale * sum over e of g[e, y, x]                     * fb[c, y + ey - r, x + ex - r]
///   gradient of fb:  out[c, y, x] = scale * sum over e of g[-e, y + ey - r, x + ex - r]  * fa[c, y + ey - r, x + ex - r]
///
/// where -e is the opposite offset, (2r+1)^2 - 1 - e in the order of the planes. A block makes `kChannels` channels of one
/// tile; a thread keeps `depth` channels of a strip of `cells` cells and uses each slope it reads `depth` times.
template <typename Storage, typename Sum, int radius, int cells, int depth, int teams, bool ofSecond>
struct BackwardTile {
  static constexpr int kSide = 2 * radius + 1, kLanes = kStrips<cells>, kThreads = kLanes * teams, kChannels = depth * teams;
  static constexpr int kHaloY = kTileY + 2 * radius;
  static constexpr int kSlopeRow = ofSecond ? kHaloRow : kTileRow, kSlopeQuads = ofSecond ? kHaloQuads : kTileQuads;
  static_assert(radius >= 1 && radius <= kMaxRadius);

  struct Shared {
    alignas(32) Sum source[kChannels][kHaloY][kHaloRow];
    alignas(32) Sum slopes[kSide][kTileY][kSlopeRow];
  };
  struct Registers {
    Sum sums[depth * cells];
  };

  const Problem& p;
  const Storage* slopes;
  const Storage* source;
  Storage* out;
  TileAt at;
  int c0;

  GIMBAL_TILE static int groups(const Problem& p) { return (p.channels + kChannels - 1) / kChannels; }

  GIMBAL_TILE static std::int64_t blocks(const Problem& p) {
    return std::int64_t{p.batch} * p.tilesX() * p.tilesY() * groups(p);
  }

  GIMBAL_TILE BackwardTile(const Problem& problem, const Storage* g, const Storage* other, Storage* result, std::int64_t block)
      : p(problem), slopes(g), source(other), out(result), at(tileAt(problem, block / groups(problem))) {
    c0 = static_cast<int>(block % groups(problem)) * kChannels;
  }

  GIMBAL_TILE static void clear(Registers& r) {
#pragma unroll
    for (int i = 0; i < depth * cells; i++) r.sums[i] = Sum(0);
  }

  /// The tile with halo of the other feature map, channels beyond the last as zeros.
  GIMBAL_TILE void loadSource(Shared& s, int thread) const {
    const std::int64_t start = (std::int64_t{at.image} * p.channels + c0) * p.plane();
    for (int slot = thread; slot < kHaloY * kHaloQuads; slot += kThreads) {
      const int row = slot / kHaloQuads, column = slot % kHaloQuads * 4;
#pragma unroll 8
      for (int c = 0; c < kChannels; c++) {
        const int y = c0 + c < p.channels ? at.y - radius + row : -1;
        loadQuad(p, source + start + c * p.plane(), y, at.x - kPad + column, &s.source[c][row][column]);
      }
    }
  }

  /// The slopes of one row offset: straight for the gradient of fa, gathered from the opposite offset's planes for that of fb.
  GIMBAL_TILE void loadSlopes(Shared& s, int thread, int ey) const {
    constexpr int planes = kSide * kSide, slots = kSide * kTileY * kSlopeQuads;
    const Storage* start = slopes + std::int64_t{at.image} * planes * p.plane();
    for (int slot = thread; slot < slots; slot += kThreads) {
      const int column = slot % kSlopeQuads * 4, row = slot / kSlopeQuads % kTileY, ex = slot / (kSlopeQuads * kTileY);
      const int e = ey * kSide + ex;
      if constexpr (ofSecond) {
        loadQuad(p, start + (planes - 1 - e) * p.plane(), at.y + row + ey - radius, at.x - kPad + column,
                 &s.slopes[ex][row][column]);
      } else {
        loadQuad(p, start + e * p.plane(), at.y + row, at.x + column, &s.slopes[ex][row][column]);
      }
    }
  }

  GIMBAL_TILE void accumulate(const Shared& s, Registers& r, int thread, int ey) const {
    const int team = thread / kLanes;
    const Strip strip = stripOf<cells>(thread % kLanes);
    Sum slope[kSide][cells];
#pragma unroll
    for (int ex = 0; ex < kSide; ex++) {
      if constexpr (ofSecond) {
        const int offset = ex + kPad - radius, skip = offset % 4;
        Sum wide[cells + 4];
        readQuads<cells / 4 + 1>(&s.slopes[ex][strip.y][strip.x + offset - skip], wide);
#pragma unroll
        for (int i = 0; i < cells; i++) slope[ex][i] = wide[i + skip];
      } else {
        readQuads<cells / 4>(&s.slopes[ex][strip.y][strip.x], slope[ex]);
      }
    }
#pragma unroll
    for (int c = 0; c < depth; c++) {
      Sum window[cells + 2 * kPad];
      readQuads<cells / 4 + 2>(&s.source[team * depth + c][strip.y + ey][strip.x], window);
#pragma unroll
      for (int ex = 0; ex < kSide; ex++) {
#pragma unroll
        for (int i = 0; i < cells; i++) r.sums[c * cells + i] += slope[ex][i] * window[i + ex + kPad - radius];
      }
    }
  }

  GIMBAL_TILE void store(const Registers& r, int thread) const {
    const int team = thread / kLanes;
    const Strip strip = stripOf<cells>(thread % kLanes);
#pragma unroll
    for (int c = 0; c < depth; c++) {
      const int channel = c0 + team * depth + c;
      if (channel >= p.channels) return;
      Storage* plane = out + (std::int64_t{at.image} * p.channels + channel) * p.plane();
#pragma unroll
      for (int i = 0; i < cells; i += 4) storeQuad(p, plane, at.y + strip.y, at.x + strip.x + i, &r.sums[c * cells + i]);
    }
  }
};

}  // namespace gimbal::correlation
