#pragma once
#include <device/cuda-check.hpp>
#include <algorithm>

#include "../tensor/launch.cuh"
#include "tile.cuh"

// How the tensor-core convolution is cut into blocks, and its launches. One file per number type compiles them: they take long.
namespace gimbal::nn::cuda {
constexpr int mostConvShared = 39 * 1024;  // bytes a block; with those of finishNorm what every device has without asking

struct BlockShape {
  int places;  // of a block
  int warps;
};

/// Small maps and small batches are cut finer, so that there are blocks for the whole device.
inline constexpr BlockShape largeBlock{128, 4};
/// Where a block makes few channels, more places are worth what it costs to start one.
inline constexpr BlockShape widestBlock{256, 4};
inline constexpr BlockShape smallBlock{64, 4};

inline Tiling tilingOf(const Conv& job, const BlockShape& shape, int typeBytes) {
  Tiling q{};
  q.log2Width = job.places[2] >= 16 ? 4 : job.places[2] >= 8 ? 3 : 2;
  q.width = 1 << q.log2Width;
  q.height = shape.places / q.width;
  q.across = (job.places[2] + q.width - 1) / q.width;
  q.down = (job.places[1] + q.height - 1) / q.height;
  q.inWidth = (q.width - 1) * job.stride[2] + (job.kernel[2] - 1) * job.dilation[2] + 1;
  q.inHeight = (q.height - 1) * job.stride[1] + (job.kernel[1] - 1) * job.dilation[1] + 1;
  const int step = 32 / typeBytes;
  q.steps = (job.x.shape.c + step - 1) / step;
  q.chunk = std::min(q.steps * step, 128);
  const auto rowOf = [&](int chunk) { return chunk * typeBytes + 16; };
  while (q.chunk > step && q.inWidth * q.inHeight * rowOf(q.chunk) > mostConvShared) q.chunk -= step;
  q.row = rowOf(q.chunk);
  q.tiles = job.y.shape.stride() / 8;
  return q;
}

inline bool useLarge(const Conv& job) {
  const long places = static_cast<long>(job.places[0]) * job.places[1] * job.places[2];
  return places >= largeBlock.places && places * job.items / largeBlock.places >= 200;
}

inline const BlockShape& shapeOf(const Conv& job) {
  if (!useLarge(job)) return smallBlock;
  const int tiles = job.y.shape.stride() / 8;
  const bool few = tiles == 2 || tiles % 2 != 0;
  return few && job.places[1] * job.places[2] >= 4096 ? widestBlock : largeBlock;
}

template <class T, int MT, int WARPS, int NT, int G>
void launch(const Conv& job, const Tiling& q, CudaStream stream) {
  const int shared = std::max(q.inWidth * q.inHeight * q.row, WARPS * NT * 64);
  const dim3 grid(static_cast<unsigned>(q.across * q.down * job.places[0] * job.items), static_cast<unsigned>(q.tiles / NT));
  if (shared > mostConvShared) {
    cudaCheck(cudaFuncSetAttribute(convTile<T, MT, WARPS, NT, G>, cudaFuncAttributeMaxDynamicSharedMemorySize, shared), "conv: shared memory");
  }
  launchKernel(convTile<T, MT, WARPS, NT, G>, grid, WARPS * 32, shared, stream, "conv", job, q);
}

template <class T>
void launchTiles(const Conv& job, CudaStream stream) {
  const BlockShape& shape = shapeOf(job);
  const bool big = &shape != &smallBlock;
  const bool widest = &shape == &widestBlock;
  const Tiling q = tilingOf(job, shape, sizeof(T));
  const int together = tilesTogether(q.tiles * 8);
  if (!big) {
    if (together == 4) return launch<T, 1, 4, 4, 4>(job, q, stream);
    if (together == 2) return launch<T, 1, 4, 2, 2>(job, q, stream);
    return launch<T, 1, 4, 1, 1>(job, q, stream);
  }
  if (together == 4) {
    if (q.tiles % 12 == 0) return launch<T, 2, 4, 12, 4>(job, q, stream);
    if (q.tiles % 8 == 0) return launch<T, 2, 4, 8, 4>(job, q, stream);
    return launch<T, 2, 4, 4, 4>(job, q, stream);
  }
  if (together == 2) {
    if (q.tiles % 6 == 0) return launch<T, 2, 4, 6, 2>(job, q, stream);
    return widest ? launch<T, 4, 4, 2, 2>(job, q, stream) : launch<T, 2, 4, 2, 2>(job, q, stream);
  }
  return widest ? launch<T, 4, 4, 1, 1>(job, q, stream) : launch<T, 2, 4, 1, 1>(job, q, stream);
}

}  // namespace gimbal::nn::cuda
