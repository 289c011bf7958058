// The kernels over all planes of a frame.
#pragma once
#include "cuda.hpp"
#include "exact-tile.cuh"

namespace gimbal::warping {
namespace {

constexpr int mostPlanes = cuda::Warp::mostPlanes;

/// All planes of a frame, a kernel argument.
struct FrameJob {
  PlaneJob plane[mostPlanes];
  int count;
  int tiles;
  const std::uint32_t* table;  // kernel weights as tileTable lays them
};

/// The kernel weights that the threads of a tile share.
template <int N>
constexpr int tableWords = N == 2 ? 4 : phaseCount*(N == 4 ? 2 : 4);

/// Starts to bring the kernel weights over; they are there after awaitTable and a barrier.
template <int N>
__device__ inline void fetchTable(const std::uint32_t* weights, std::uint32_t* table) {
  if constexpr (N > 2) {
    for (int i = static_cast<int>(threadIdx.x); i < tableWords<N> / 4; i += tileThreads) {
      const auto* from = reinterpret_cast<const uint4*>(weights) + i;
#if __CUDA_ARCH__ >= 800
      const auto to = static_cast<unsigned>(__cvta_generic_to_shared(table + 4 * i));
      asm volatile("cp.async.ca.shared.global [%0], [%1], 16;" ::"r"(to), "l"(from) : "memory");
#else
      reinterpret_cast<uint4*>(table)[i] = __ldg(from);
#endif
    }
  }
}

__device__ inline void awaitTable() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

template <class S, int P, int N, bool Gentle>
__device__ inline void warpTile(const PlaneJob& plane, const std::uint32_t* table, TileMemory& memory, int tileX, int tileY) {
  const int thread = static_cast<int>(threadIdx.x);
  endsOfTile<P, Gentle>(plane, memory, tileX, tileY, thread);
  __syncthreads();
  chordsOfTile<S, P, N, Gentle>(plane, memory, tileX, tileY, thread);
  __syncthreads();
  const Rectangle r = rectangleOf<S, P, N>({memory.reach[0], memory.reach[1], memory.reach[2], memory.reach[3]});
  if (plane.whole && memory.hardest != byPixel && fitsStage<S, P, N>(r, stageWords)) {
    stageTile<S, P, N>(plane, memory, r, thread);
    awaitTable();
    __syncthreads();
    stagedRows<S, P, N>(plane, memory, table, tileX, tileY, thread);
    return;
  }
  if constexpr (!Gentle) {
    Reach reach;
    const bool noChords = memory.reach[1] < memory.reach[0];
    if (plane.whole && !plane.mesh() && noChords && cornersReach<P, N>(plane, tileX, tileY, reach)) {
      const Rectangle exact = rectangleOf<S, P, N>(reach);
      if (fitsStage<S, P, N>(exact, stageWords)) {
        stageAnywhere<S, P, N>(plane.job, memory, exact, thread);
        awaitTable();
        __syncthreads();
        return exactRows<S, P, N>(plane, memory, table, exact, tileX, tileY, thread);
      }
    }
  }
  awaitTable();
  __syncthreads();
  looseRows<S, P, N, Gentle>(plane, memory, table, tileX, tileY, thread);
}

/// Blocks that a multiprocessor's registers must leave room for: as many as its shared memory does.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
constexpr int blocksAtOnce = 2;
#else
constexpr int blocksAtOnce = 5;
#endif

/// A block of threads per tile. `Gentle`: every plane is.
template <class S, int N, bool Gentle>
__global__ void __launch_bounds__(tileThreads, blocksAtOnce) warpFrame(const __grid_constant__ FrameJob frame) {
  __shared__ alignas(16) std::uint32_t table[tableWords<N>];
  __shared__ TileMemory memory;
  fetchTable<N>(frame.table, table);
  const int tile = static_cast<int>(blockIdx.x);
  int p = 0;
  while (p + 1 < frame.count && tile >= frame.plane[p + 1].firstTile) p++;
  const PlaneJob& plane = frame.plane[p];
  const int index = tile - plane.firstTile;
  const int tileX = index % plane.tilesAcross;
  const int tileY = index / plane.tilesAcross;
  if (plane.channels == 1) {
    warpTile<S, 1, N, Gentle>(plane, table, memory, tileX, tileY);
  } else {
    warpTile<S, 2, N, Gentle>(plane, table, memory, tileX, tileY);
  }
}

/// For every row and segment of a mesh, whether chords stand for the curve: it takes the whole segment to tell.
__global__ void judgeMesh(const __grid_constant__ FrameJob frame) {
  const PlaneJob& plane = frame.plane[blockIdx.y];
  const int segments = plane.job.map.cols + 1;
  const int index = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int v = index / segments;
  if (v >= plane.dstHeight) return;
  const Segment s = segmentAt(plane.job.map, v, index % segments, plane.job.dstWidth);
  const_cast<unsigned char*>(plane.chordsServe)[index] = s.from < s.to && chordsServe(s, plane.job.bits);
}

}  // namespace
}  // namespace gimbal::warping
