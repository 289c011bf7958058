#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels.hpp"
#include "variants.hpp"

namespace gimbal::correlation {
namespace {

extern __shared__ __align__(32) unsigned char sharedBytes[];

template <typename Tile, typename Storage>
__global__ void __launch_bounds__(Tile::kThreads)
    forwardKernel(const Problem p, const Storage* fa, const Storage* fb, Storage* out) {
  auto& shared = *reinterpret_cast<typename Tile::Shared*>(sharedBytes);
  const Tile tile(p, fa, fb, out, blockIdx.x);
  const int thread = threadIdx.x;
  typename Tile::Registers registers;
  Tile::clear(registers);
  for (int c0 = 0; c0 < p.channels; c0 += Tile::kChannels) {
    const int count = min(Tile::kChannels, p.channels - c0);
    __syncthreads();
    tile.load(shared, thread, c0, count);
    __syncthreads();
    tile.accumulate(shared, registers, thread, count);
  }
  tile.store(registers, thread);
}

template <typename Tile, typename Storage>
__device__ __forceinline__ void makeGradient(const Problem& p, const Storage* grad, const Storage* source, Storage* out,
                                             std::int64_t block) {
  auto& shared = *reinterpret_cast<typename Tile::Shared*>(sharedBytes);
  const Tile tile(p, grad, source, out, block);
  const int thread = threadIdx.x;
  typename Tile::Registers registers;
  Tile::clear(registers);
  tile.loadSource(shared, thread);
#pragma unroll 1
  for (int ey = 0; ey < Tile::kSide; ey++) {
    __syncthreads();
    tile.loadSlopes(shared, thread, ey);
    __syncthreads();
    tile.accumulate(shared, registers, thread, ey);
  }
  tile.store(registers, thread);
}

/// The blocks of both gradients in one launch: the first half makes that of fa, the second that of fb.
template <typename Storage, int radius>
__global__ void __launch_bounds__(Backward<Storage, radius, false>::kThreads)
    backwardKernel(const Problem p, const Storage* grad, const Storage* fa, const Storage* fb, Storage* outFa, Storage* outFb) {
  const unsigned half = gridDim.x / 2;
  if (blockIdx.x < half) {
    makeGradient<Backward<Storage, radius, false>>(p, grad, fb, outFa, blockIdx.x);
  } else {
    makeGradient<Backward<Storage, radius, true>>(p, grad, fa, outFb, blockIdx.x - half);
  }
}

/// Launches with as much shared memory as the tile needs (a kernel has to ask for more than 48 KiB).
template <typename Kernel, typename... Arguments>
cudaError_t launch(Kernel kernel, std::int64_t blocks, int threads, std::size_t bytes, cudaStream_t stream,
                   Arguments... arguments) {
  if (blocks == 0) return cudaSuccess;
  if (blocks > 0x7fffffff) return cudaErrorInvalidConfiguration;
  const auto error = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes));
  if (error != cudaSuccess) return error;
  kernel<<<static_cast<unsigned>(blocks), threads, bytes, stream>>>(arguments...);
  return cudaGetLastError();
}

template <typename Tile, typename Storage>
cudaError_t launchForward(const Problem& p, const void* fa, const void* fb, void* out, cudaStream_t stream) {
  return launch(forwardKernel<Tile, Storage>, Tile::blocks(p), Tile::kThreads, sizeof(typename Tile::Shared), stream, p,
                static_cast<const Storage*>(fa), static_cast<const Storage*>(fb), static_cast<Storage*>(out));
}

cudaError_t multiprocessors(int& count) {
  int device = 0;
  const auto error = cudaGetDevice(&device);
  return error != cudaSuccess ? error : cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
}

template <typename Action>
cudaError_t withType(Type type, Action action) {
  switch (type) {
    case Type::float64:
      return action(double());
    case Type::float32:
      return action(float());
    case Type::bfloat16:
      return action(__nv_bfloat16());
    case Type::float16:
      return action(__half());
  }
  return cudaErrorInvalidValue;
}

}  // namespace

cudaError_t forward(const Problem& p, Type type, int radius, const void* fa, const void* fb, void* out, cudaStream_t stream) {
  int processors = 0;
  auto error = multiprocessors(processors);
  if (error != cudaSuccess) return error;
  return withType(type, [&](auto storage) {
    using Storage = decltype(storage);
    const bool known = withRadius(radius, [&](auto r) {
      constexpr int kRadius = decltype(r)::value;
      const bool narrow = std::is_same_v<Storage, double> || isSmall(p, processors);
      if constexpr (!std::is_same_v<Storage, double>) {
        if (!narrow) error = launchForward<WideForward<Storage, kRadius>, Storage>(p, fa, fb, out, stream);
      }
      if (narrow) error = launchForward<NarrowForward<Storage, kRadius>, Storage>(p, fa, fb, out, stream);
    });
    return known ? error : cudaErrorInvalidValue;
  });
}

cudaError_t backward(const Problem& p, Type type, int radius, const void* grad, const void* fa, const void* fb, void* outFa,
                     void* outFb, cudaStream_t stream) {
  return withType(type, [&](auto storage) {
    using Storage = decltype(storage);
    cudaError_t error = cudaSuccess;
    const bool known = withRadius(radius, [&](auto r) {
      using First = Backward<Storage, decltype(r)::value, false>;
      using Second = Backward<Storage, decltype(r)::value, true>;
      constexpr auto bytes = sizeof(typename First::Shared) > sizeof(typename Second::Shared) ? sizeof(typename First::Shared)
                                                                                              : sizeof(typename Second::Shared);
      error = launch(backwardKernel<Storage, decltype(r)::value>, 2 * First::blocks(p), First::kThreads, bytes, stream, p,
                     static_cast<const Storage*>(grad), static_cast<const Storage*>(fa), static_cast<const Storage*>(fb),
                     static_cast<Storage*>(outFa), static_cast<Storage*>(outFb));
    });
    return known ? error : cudaErrorInvalidValue;
  });
}

}  // namespace gimbal::correlation
