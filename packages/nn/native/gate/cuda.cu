#include <device/cuda-check.hpp>
#include <algorithm>
#include <stdexcept>

#include "../corners/state.hpp"
#include "../tensor/device.cuh"
#include "../tensor/launch.cuh"
#include "gate.hpp"

namespace gimbal::nn::cuda {
namespace {

constexpr int threads = 256;
constexpr int mostChannels = 1024;
constexpr int pixelsOfBlock = 512;

template <class T>
__global__ void __launch_bounds__(threads) gateKernel(const __grid_constant__ Gate job) {
  waitForEarlier();
  letLaterBegin();
  __shared__ float sums[threads][8];
  __shared__ float means[mostChannels];
  __shared__ bool last;
  const int n = static_cast<int>(blockIdx.y);
  if (!job.active.has(n)) return;
  const Shape& s = job.x.shape;
  const int stride = s.stride();
  const int id = static_cast<int>(threadIdx.x);
  float* partial = job.partial + static_cast<std::size_t>(n) * gridDim.x * stride;
  const std::size_t first = static_cast<std::size_t>(blockIdx.x) * pixelsOfBlock;
  const std::size_t end = min(first + pixelsOfBlock, s.pixels());
  for (int from = 0; from < stride; from += threads * 8) {
    const int groups = min((stride - from) / 8, threads);
    const int parts = threads / groups;
    const int c = from + id % groups * 8;
    float sum[8] = {};
    if (id / groups < parts) {
      for (std::size_t p = first + id / groups; p < end; p += parts) {
        float v[8];
        readView<8, T>(job.x, n, p, c, v);
#pragma unroll
        for (int k = 0; k < 8; k++) sum[k] += v[k];
      }
    }
#pragma unroll
    for (int k = 0; k < 8; k++) sums[id][k] = sum[k];
    __syncthreads();
    if (id < groups) {
#pragma unroll
      for (int k = 0; k < 8; k++) {
        float all = 0;
        for (int part = 0; part < parts; part++) all += sums[part * groups + id][k];
        partial[blockIdx.x * stride + c + k] = all;
      }
    }
    __syncthreads();
  }
  __threadfence();
  __syncthreads();
  if (id == 0) last = atomicAdd(job.arrivals + n, 1u) == gridDim.x - 1;
  __syncthreads();
  if (!last) return;
  __threadfence();
  for (int c = id; c < stride; c += threads) {
    double sum = 0;
    for (unsigned b = 0; b < gridDim.x; b++) sum += __ldcg(partial + b * stride + c);
    means[c] = static_cast<float>(sum / static_cast<double>(s.pixels()));
  }
  __syncthreads();
  for (int o = id; o < stride; o += threads) {
    float sum = o < s.c && job.bias != nullptr ? job.bias[o] : 0;
    for (int c = 0; c < s.c; c++) sum = fmaf(means[c], __ldg(job.weights + static_cast<std::size_t>(c) * stride + o), sum);
    reinterpret_cast<float2*>(job.affine)[static_cast<std::size_t>(n) * stride + o] = make_float2(o < s.c ? sigmoid(sum) : 0, 0);
  }
  if (id == 0) job.arrivals[n] = 0;
}

}  // namespace

int gateBlocks(const Shape& shape) { return static_cast<int>((shape.pixels() + pixelsOfBlock - 1) / pixelsOfBlock); }

void gate(const Gate& job, CudaStream stream) {
  if (job.x.shape.stride() > mostChannels) throw std::invalid_argument("gate: at most 1024 channels");
  withType(job.x.type, [&](auto number) {
    launchKernel(gateKernel<decltype(number)>, dim3(gateBlocks(job.x.shape), job.items), threads, 0, stream, "gate", job);
  });
}

}  // namespace gimbal::nn::cuda
