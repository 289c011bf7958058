// One tile of output, 64x32 samples, by one block of threads: chords for all of it, then the rectangle of the source that they
// lead to, staged in shared memory, then the pixels, warp by warp along rows.
#pragma once
#include "any-pixel.cuh"
#include "staged-pixel.cuh"

namespace gimbal::warping {
namespace {

constexpr int tileRows = 32;
constexpr int tileThreads = 256;
constexpr int stageWords = 3840;
constexpr int mostChords = 4;

/// How the chords of a tile may be read: the hardest of them tells.
enum Hardness : int { allInside = 0, acrossBorder = 1, byPixel = 2 };

/// Chords across a tile: half as many pixels where each has two samples.
template <int P>
constexpr int chordsAcross = P == 1 ? 4 : 2;

/// What the threads of a tile share.
struct TileMemory {
  alignas(16) std::uint32_t stage[stageWords];
  int4 chords[tileRows * mostChords];
  int2 ends[tileRows * (mostChords + 1)];
  unsigned char kinds[tileRows * mostChords];
  int reach[4];  // left, right, top, bottom
  int hardest;   // a Hardness
};

__device__ inline void lower(int* to, int value) {
#if defined(__CUDA_ARCH__)
  atomicMin(to, value);
#else
  *to = value < *to ? value : *to;
#endif
}
__device__ inline void raise(int* to, int value) {
#if defined(__CUDA_ARCH__)
  atomicMax(to, value);
#else
  *to = value > *to ? value : *to;
#endif
}

/// Lets all lanes' reaches be within the memory's, and none be harder. By whole warps.
__device__ inline void gather(TileMemory& m, Reach r, int hardness, int thread) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  r.left = __reduce_min_sync(~0u, r.left);
  r.right = __reduce_max_sync(~0u, r.right);
  r.top = __reduce_min_sync(~0u, r.top);
  r.bottom = __reduce_max_sync(~0u, r.bottom);
  hardness = __reduce_max_sync(~0u, hardness);
  if (thread % 32 != 0) return;
#else
  static_cast<void>(thread);
#endif
  lower(&m.reach[0], r.left);
  raise(&m.reach[1], r.right);
  lower(&m.reach[2], r.top);
  raise(&m.reach[3], r.bottom);
  if (hardness > 0) raise(&m.hardest, hardness);
}

/// Step 1: the ends of the chords of gentle planes, which neighbours share; and what step 2 gathers is cleared.
template <int P, bool Gentle>
__device__ inline void endsOfTile(const PlaneJob& plane, TileMemory& m, int tileX, int tileY, int thread) {
  if (thread == 0) {
    m.reach[0] = m.reach[2] = 1 << 30;
    m.reach[1] = m.reach[3] = -(1 << 30);
    m.hardest = allInside;
  }
  if constexpr (Gentle) {
    constexpr int across = chordsAcross<P> + 1;
#pragma unroll 1
    for (int i = thread; i < tileRows * across; i += tileThreads) {
      const int v = tileY * tileRows + i / across;
      const int u = (tileX * chordsAcross<P> + i % across) * blockSize;
      m.ends[i] = fixedEnd(Line::of(plane.homography, v < plane.dstHeight ? v : plane.dstHeight - 1).at(u));
    }
  }
}

/// Step 2: the chords, what may be done with each, and where they lead. Beyond the plane its last row and block are repeated.
template <class S, int P, int N, bool Gentle>
__device__ inline void chordsOfTile(const PlaneJob& plane, TileMemory& m, int tileX, int tileY, int thread) {
  using T = Staged<S, P, N>;
  constexpr int slack = T::slack > Taps<S, P, N>::slack ? T::slack : Taps<S, P, N>::slack;
  constexpr int across = chordsAcross<P>;
  if (thread >= tileRows * across) return;
  const int row = thread / across;
  const int last = plane.blockCount - 1 - tileX * across;
  const int c = thread % across < last ? thread % across : last;
  int4 chord = {0, 0, 0, 0};
  Kind kind = exact;
  if constexpr (Gentle) {
    const int2 from = m.ends[row * (across + 1) + c];
    const int2 to = m.ends[row * (across + 1) + c + 1];
    chord = {from.x, to.x - from.x, from.y, to.y - from.y};
    kind = placed<S, P, N, slack>(plane, chord);
  } else {
    const int v = tileY * tileRows + row;
    const Block block = blockAt(plane, tileX * across + c);
    const bool serves = harderChord(plane, v < plane.dstHeight ? v : plane.dstHeight - 1, block, chord);
    if (serves) kind = placed<S, P, N, slack>(plane, chord);
  }
  m.chords[thread] = chord;
  m.kinds[thread] = kind;
  Reach r{1 << 30, -(1 << 30), 1 << 30, -(1 << 30)};
  if (kind != exact) {
    const Range x = along(chord.x, chord.y);
    const Range y = along(chord.z, chord.w);
    r = {x.low, x.high, y.low, y.high};
  }
  gather(m, r, kind == inside ? allInside : kind == exact ? byPixel : acrossBorder, thread);
}

/// Step 3 where chords stand for every row and the rectangle fits.
template <class S, int P, int N>
__device__ inline void stageTile(const PlaneJob& plane, TileMemory& m, const Rectangle& r, int thread) {
  if (thread < tileRows * chordsAcross<P>) m.chords[thread] = onStage<N>(m.chords[thread], r);
  if (m.hardest == allInside) {
    stage<S, P, N, tileThreads>(plane.job, r, thread, m.stage);
  } else {
    stageAcrossBorder<S, P, N, tileThreads>(plane.job, r, thread, m.stage);
  }
}

/// Step 4 where the rectangle is staged.
template <class S, int P, int N>
__device__ inline void stagedRows(const PlaneJob& plane, const TileMemory& m, const std::uint32_t* table, int tileX, int tileY,
                                  int thread) {
  constexpr int across = chordsAcross<P>;
  constexpr int warpsAcross = across / 2;
  constexpr int rowStep = tileThreads / 32 / warpsAcross;
  const int lane = thread % blockSize;
  const int c = thread / 32 % warpsAcross * 2 + thread / blockSize % 2;
  const Block block = blockAt(plane, tileX * across + c);
  const int first = thread / 32 / warpsAcross;
  const std::ptrdiff_t stride = plane.job.dstStride;
  unsigned char* out = plane.job.dst + (tileY * tileRows + first) * stride + (block.u + lane) * Taps<S, P, N>::pixelBytes;
  const int below = plane.dstHeight - tileY * tileRows;
  const int rows = lane < block.count ? (below < tileRows ? below : tileRows) : 0;
  const int4* chord = m.chords + first * across + c;
#pragma unroll 2
  for (int i = 0; i < tileRows / rowStep; i++, out += rowStep * stride) {
    const int4 on = chord[i * rowStep * across];
    const std::uint32_t pixel =
        stagedPixel<S, P, N>(m.stage, plane.job.bits, plane.job.shift, table, on.x + on.y * lane, on.z + on.w * lane);
    if (first + i * rowStep < rows) putPixel<S, P>(pixel, out);
  }
}

/// Step 4 elsewhere: pixel by pixel.
template <class S, int P, int N, bool Gentle>
__device__ __noinline__ void looseRows(const PlaneJob& plane, const TileMemory& m, const std::uint32_t* table, int tileX,
                                       int tileY, int thread) {
  constexpr int across = chordsAcross<P>;
  constexpr int warpsAcross = across / 2;
  constexpr int rowStep = tileThreads / 32 / warpsAcross;
  const int lane = thread % blockSize;
  const int c = thread / 32 % warpsAcross * 2 + thread / blockSize % 2;
  const Block block = blockAt(plane, tileX * across + c);
  if (lane >= block.count) return;
#pragma unroll 1
  for (int row = thread / 32 / warpsAcross; row < tileRows; row += rowStep) {
    const auto kind = static_cast<Kind>(m.kinds[row * across + c]);
    if (tileY * tileRows + row >= plane.dstHeight) return;
    const int2 at = onChord(m.chords[row * across + c], lane);
    anyPixel<S, P, N, Gentle>(plane, table, kind, at.x, at.y, block.u + lane, tileY * tileRows + row, block.segment);
  }
}

}  // namespace
}  // namespace gimbal::warping
