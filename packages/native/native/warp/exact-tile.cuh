// Tiles where chords do not stand for the curve: staged like the others, every pixel's place divided out.
#pragma once
#include "tile.cuh"

namespace gimbal::warping {
namespace {

/// Where all pixels of a tile of one homography lead, phaseBias added; false where any may be out of sight or too far for 16
/// bits. In front of the camera lines stay lines: the corners' images enclose all others, but for the last bit of their
/// rounding.
template <int P, int N>
__device__ __noinline__ bool cornersReach(const PlaneJob& plane, int tileX, int tileY, Reach& reach) {
  constexpr int across = chordsAcross<P> * blockSize;
  constexpr int rounding = 4;
  const int left = tileX * across;
  const int top = tileY * tileRows;
  const int right = (left + across < plane.job.dstWidth ? left + across : plane.job.dstWidth) - 1;
  const int bottom = (top + tileRows < plane.dstHeight ? top + tileRows : plane.dstHeight) - 1;
  reach = {1 << 30, -(1 << 30), 1 << 30, -(1 << 30)};
#pragma unroll 1
  for (int corner = 0; corner < 4; corner++) {
    const Point p = Line::of(plane.homography, corner < 2 ? top : bottom).at(corner % 2 == 0 ? left : right);
    if (!p.seen || !near(p.x, p.y)) return false;
    const std::int32_t x = fixedPoint(p.x) + phaseBias<N>;
    const std::int32_t y = fixedPoint(p.y) + phaseBias<N>;
    const int lowX = (x - rounding) >> 16;
    const int highX = (x + rounding) >> 16;
    const int lowY = (y - rounding) >> 16;
    const int highY = (y + rounding) >> 16;
    reach.left = lowX < reach.left ? lowX : reach.left;
    reach.right = highX > reach.right ? highX : reach.right;
    reach.top = lowY < reach.top ? lowY : reach.top;
    reach.bottom = highY > reach.bottom ? highY : reach.bottom;
  }
  return true;
}

/// Stages a rectangle that may or may not reach over the border.
template <class S, int P, int N>
__device__ inline void stageAnywhere(const Job& job, TileMemory& m, const Rectangle& r, int thread) {
  using T = Staged<S, P, N>;
  const int beyond = r.x + (r.groups - 1) * T::together + T::sourceWords * T::samples / P;
  if (r.x >= 0 && r.y >= 0 && beyond <= job.srcWidth && r.y + r.rows <= job.srcHeight) {
    stage<S, P, N, tileThreads>(job, r, thread, m.stage);
  } else {
    stageAcrossBorder<S, P, N, tileThreads>(job, r, thread, m.stage);
  }
}

/// The pixels of such a tile, out of the stage.
template <class S, int P, int N>
__device__ __noinline__ void exactRows(const PlaneJob& plane, const TileMemory& m, const std::uint32_t* table,
                                       const Rectangle& r, int tileX, int tileY, int thread) {
  constexpr int across = chordsAcross<P>;
  constexpr int warpsAcross = across / 2;
  constexpr int rowStep = tileThreads / 32 / warpsAcross;
  constexpr int reach = N / 2 - 1;
  const int u = tileX * across * blockSize + thread / 32 % warpsAcross * 32 + thread % 32;
  if (u >= plane.job.dstWidth) return;
#pragma unroll 1
  for (int row = thread / 32 / warpsAcross; row < tileRows; row += rowStep) {
    const int v = tileY * tileRows + row;
    if (v >= plane.dstHeight) return;
    const Point p = Line::of(plane.homography, v).at(u);
    const std::int32_t x = (fixedPoint(p.x) + phaseBias<N> - ((r.x + reach) << 16)) * (1 << (stagePlaces - 16));
    const std::int32_t y = (fixedPoint(p.y) + phaseBias<N> - ((r.y + reach) << 16)) * (1 << (stagePlaces - 16));
    const std::uint32_t pixel = stagedPixel<S, P, N>(m.stage, plane.job.bits, plane.job.shift, table, x, y);
    putPixel<S, P>(pixel, plane.job.dst + v * plane.job.dstStride + u * Taps<S, P, N>::pixelBytes);
  }
}

}  // namespace
}  // namespace gimbal::warping
