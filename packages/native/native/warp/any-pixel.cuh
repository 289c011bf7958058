// One output pixel of any kind, read from the source as it lies in memory.
#pragma once
#include "chords.cuh"
#include "edge.hpp"

namespace gimbal::warping {
namespace {

/// Where pixel (u, v) comes from, divided out; false when it shows the fill.
__device__ __noinline__ bool exactPlace(const PlaneJob& plane, int u, int v, int segment, int2& place) {
  const Job& job = plane.job;
  const Point p = plane.mesh() ? segmentOf(plane, v, segment).at(u) : Line::of(plane.homography, v).at(u);
  if (nowhere(p, job.border)) return false;
  place = {fixedPoint(broughtNear(p.x, job.srcWidth, job.border)), fixedPoint(broughtNear(p.y, job.srcHeight, job.border))};
  return true;
}

template <class S>
__device__ void fillPixel(const Job& job, int channels, S* out) {
  for (int i = 0; i < channels; i++) out[i] = static_cast<S>(job.fill << job.shift);
}

/// A pixel of any kind; of any but `exact` where the plane is gentle.
template <class S, int P, int N, bool Gentle = false>
__device__ inline void anyPixel(const PlaneJob& plane, const std::uint32_t* table, Kind kind, int x, int y, int u, int v,
                                int segment) {
  const Job& job = plane.job;
  unsigned char* at = job.dst + v * job.dstStride + u * Taps<S, P, N>::pixelBytes;
  S* out = reinterpret_cast<S*>(at);
  if (kind == filled) return fillPixel(job, P, out);
  if constexpr (!Gentle) {
    if (kind == exact) {
      int2 place;
      if (!exactPlace(plane, u, v, segment, place)) return fillPixel(job, P, out);
      x = place.x + phaseBias<N>;
      y = place.y + phaseBias<N>;
    }
  }
  // Where chords reach over the border, most of their pixels need not.
  if (kind == inside || tapsInside<S, P, N>(plane, along(x, 0), along(y, 0))) {
    return putPixel<S, P>(insidePixel<S, P, N>(sourceOf<S, P, N>(job), table, x, y), at);
  }
  edgePixel<S>(job, P, x - phaseBias<N>, y - phaseBias<N>, out);
}

}  // namespace
}  // namespace gimbal::warping
