#include <device/cuda-check.hpp>

#include "../tensor/launch.cuh"
#include "../tensor/mma.cuh"
#include "attention.hpp"

namespace gimbal::nn::cuda {
namespace {

constexpr int W = attentionWidth;
constexpr int threads = 512;
constexpr int warps = threads / 32;
constexpr int rows = mostTokens;  // five tiles of 16 tokens
constexpr int tilesDown = rows / 16;
// Rows in shared memory, in numbers: a multiple of 16 bytes that is odd in units of 16, against bank conflicts.
constexpr int streamRow = W + 4;       // float
constexpr int narrowRow = W + 8;       // 16 bits
constexpr int wideRow = 3 * W + 8;     // 16 bits
constexpr int hiddenRow = 2 * W + 8;   // 16 bits

struct Shared {
  float stream[rows * streamRow];
  std::uint16_t normed[rows * narrowRow];  // then what attention gives
  std::uint16_t wide[rows * wideRow];      // queries, keys and values, then the perceptron's middle
};

/// Normalises every token to 16 bits, a warp a token.
template <class T>
__device__ void normalise(Shared& s, const LayerNorm& norm) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const float2 weight = __ldg(reinterpret_cast<const float2*>(norm.weight) + lane);
  const float2 bias = __ldg(reinterpret_cast<const float2*>(norm.bias) + lane);
  for (int t = static_cast<int>(threadIdx.x) / 32; t < rows; t += warps) {
    const float2 v = *reinterpret_cast<const float2*>(s.stream + t * streamRow + 2 * lane);
    float mean = v.x + v.y;
    for (int d = 16; d > 0; d /= 2) mean += __shfl_xor_sync(0xffffffffu, mean, d);
    mean /= W;
    float variance = (v.x - mean) * (v.x - mean) + (v.y - mean) * (v.y - mean);
    for (int d = 16; d > 0; d /= 2) variance += __shfl_xor_sync(0xffffffffu, variance, d);
    const float scale = rsqrtf(variance / W + 1e-5f);
    reinterpret_cast<std::uint32_t*>(s.normed + t * narrowRow)[lane] =
        Numbers<T>::fromFloats((v.x - mean) * scale * weight.x + bias.x, (v.y - mean) * scale * weight.y + bias.y);
  }
}

/// All tokens times the weights of a linear layer: `each(token, channel, a, b)` gets channels `channel` and the next of every product.
template <class T, int FROM, int TO, class Each>
__device__ void linear(const std::uint16_t* in, int row, const Linear& layer, const Each& each) {
  constexpr int steps = FROM / 16;
  // Half of the warps take the first tiles of tokens, half the others.
  constexpr int mine = TO / 8 / (warps / 2);
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int first = warp / 2 * mine;
  const int from = warp % 2 == 0 ? 0 : (tilesDown + 1) / 2;
  const int to = warp % 2 == 0 ? (tilesDown + 1) / 2 : tilesDown;
  const uint2* packed = reinterpret_cast<const uint2*>(layer.packed);
  uint2 b[steps][mine];
#pragma unroll
  for (int s = 0; s < steps; s++) {
#pragma unroll
    for (int j = 0; j < mine; j++) b[s][j] = __ldg(packed + (s * (TO / 8) + first + j) * 32 + lane);
  }
  const std::uint32_t address = sharedAddress(in) + (lane % 16 * row) * 2 + lane / 16 * 16;
  for (int m = from; m < to; m++) {
    float sums[mine][4] = {};
#pragma unroll
    for (int s = 0; s < steps; s++) {
      std::uint32_t a[4];
      loadMatrices(a, address + m * 16 * row * 2 + s * 32);
#pragma unroll
      for (int j = 0; j < mine; j++) multiplyAdd<T>(sums[j], a, b[s][j].x, b[s][j].y);
    }
#pragma unroll
    for (int j = 0; j < mine; j++) {
      const int channel = (first + j) * 8 + lane % 4 * 2;
      const float2 bias = __ldg(reinterpret_cast<const float2*>(layer.bias + channel));
      each(m * 16 + lane / 4, channel, sums[j][0] + bias.x, sums[j][1] + bias.y);
      each(m * 16 + lane / 4 + 8, channel, sums[j][2] + bias.x, sums[j][3] + bias.y);
    }
  }
}

/// softmax(q k / sqrt(depth)) v of every head into `normed`, a warp for 16 tokens of one head.
template <class T>
__device__ void attend(Shared& s, int tokens) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  constexpr int depth = W / attentionHeads;
  static_assert(depth == 16);
  constexpr int columns = rows / 8;
  const std::uint32_t wide = sharedAddress(s.wide);
  for (int task = static_cast<int>(threadIdx.x) / 32; task < tilesDown * attentionHeads; task += warps) {
    const int head = task % attentionHeads;
    const int m = task / attentionHeads;
    std::uint32_t q[4];
    loadMatrices(q, wide + ((m * 16 + lane % 16) * wideRow + head * depth) * 2 + lane / 16 * 16);
    float scores[columns][4] = {};
#pragma unroll
    for (int j = 0; j < columns; j += 2) {
      std::uint32_t k[4];
      loadMatrices(k, wide + ((j * 8 + lane % 8 + lane / 16 * 8) * wideRow + W + head * depth) * 2 + lane / 8 % 2 * 16);
      multiplyAdd<T>(scores[j], q, k[0], k[1]);
      multiplyAdd<T>(scores[j + 1], q, k[2], k[3]);
    }
    float most[2] = {-3.4e38f, -3.4e38f};
#pragma unroll
    for (int j = 0; j < columns; j++) {
#pragma unroll
      for (int k = 0; k < 4; k++) {
        scores[j][k] = j * 8 + lane % 4 * 2 + k % 2 < tokens ? scores[j][k] * 0.25f : -3.4e38f;
        most[k / 2] = fmaxf(most[k / 2], scores[j][k]);
      }
    }
    float total[2] = {};
#pragma unroll
    for (int half = 0; half < 2; half++) {
      most[half] = fmaxf(most[half], __shfl_xor_sync(0xffffffffu, most[half], 1));
      most[half] = fmaxf(most[half], __shfl_xor_sync(0xffffffffu, most[half], 2));
    }
#pragma unroll
    for (int j = 0; j < columns; j++) {
#pragma unroll
      for (int k = 0; k < 4; k++) total[k / 2] += scores[j][k] = __expf(scores[j][k] - most[k / 2]);
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
      total[half] += __shfl_xor_sync(0xffffffffu, total[half], 1);
      total[half] += __shfl_xor_sync(0xffffffffu, total[half], 2);
    }
    float sums[2][4] = {};
#pragma unroll
    for (int j = 0; j < columns; j += 2) {
      const std::uint32_t a[4] = {
          Numbers<T>::fromFloats(scores[j][0], scores[j][1]), Numbers<T>::fromFloats(scores[j][2], scores[j][3]),
          Numbers<T>::fromFloats(scores[j + 1][0], scores[j + 1][1]), Numbers<T>::fromFloats(scores[j + 1][2], scores[j + 1][3])};
      std::uint32_t v[4];
      loadMatricesTransposed(v, wide + ((j * 8 + lane % 16) * wideRow + 2 * W + head * depth) * 2 + lane / 16 * 16);
      multiplyAdd<T>(sums[0], a, v[0], v[1]);
      multiplyAdd<T>(sums[1], a, v[2], v[3]);
    }
#pragma unroll
    for (int j = 0; j < 2; j++) {
#pragma unroll
      for (int half = 0; half < 2; half++) {
        std::uint16_t* row = s.normed + (m * 16 + lane / 4 + 8 * half) * narrowRow + head * depth + j * 8;
        reinterpret_cast<std::uint32_t*>(row)[lane % 4] =
            Numbers<T>::fromFloats(sums[j][2 * half] / total[half], sums[j][2 * half + 1] / total[half]);
      }
    }
  }
}

/// The items' cells with their places, and the network's tokens, into the stream; rows that are left over are zero.
template <class T>
__device__ void enter(const Attention& job, int n, int cells, float* stream, int row, int count) {
  for (int i = static_cast<int>(threadIdx.x); i < count * W / 8; i += static_cast<int>(blockDim.x)) {
    const int t = i / (W / 8);
    const int c = i % (W / 8) * 8;
    float v[8] = {};
    if (t < cells) {
      float place[8];
      readView<8, T>(job.x, n, t, c, v);
      loadFloats<8>(job.place + t * W + c, place);
#pragma unroll
      for (int k = 0; k < 8; k++) v[k] += place[k];
    } else if (t < cells + job.extra) {
      loadFloats<8>(job.tokens + (t - cells) * W + c, v);
    }
    storeFloats<8>(stream + t * row + c, v);
  }
}

template <class T>
__device__ void leave(const Attention& job, int n, int cells, const float* stream, int row) {
  for (int i = static_cast<int>(threadIdx.x); i < cells * W / 8; i += static_cast<int>(blockDim.x)) {
    const int t = i / (W / 8);
    const int c = i % (W / 8) * 8;
    float v[8], place[8];
    loadFloats<8>(stream + t * row + c, v);
    loadFloats<8>(job.place + t * W + c, place);
#pragma unroll
    for (int k = 0; k < 8; k++) v[k] -= place[k];
    writeView<8, T>(job.y, n, t, c, v);
  }
  if (job.motion == nullptr) return;
  for (int i = static_cast<int>(threadIdx.x); i < job.extra * 2; i += static_cast<int>(blockDim.x)) {
    float sum = job.readout.bias[i % 2];
    for (int c = 0; c < W; c++) sum = fmaf(stream[(cells + i / 2) * row + c], job.readout.weights[c * 8 + i % 2], sum);
    job.motion[static_cast<std::size_t>(n) * job.extra * 2 + i] = sum;
  }
}

template <class T>
__global__ void __launch_bounds__(threads) attentionKernel(const __grid_constant__ Attention job) {
  waitForEarlier();
  letLaterBegin();
  extern __shared__ __align__(16) unsigned char bytes[];
  Shared& s = *reinterpret_cast<Shared*>(bytes);
  const int n = static_cast<int>(blockIdx.x);
  if (!job.active.has(n)) return;
  const int cells = static_cast<int>(job.x.shape.pixels());
  const int tokens = cells + job.extra;
  enter<T>(job, n, cells, s.stream, streamRow, rows);
  __syncthreads();
  const auto toWide = [&](int row) {
    return [&s, row](int t, int c, float a, float b) { *reinterpret_cast<std::uint32_t*>(s.wide + t * row + c) = Numbers<T>::fromFloats(a, b); };
  };
  const auto toStream = [&](int t, int c, float a, float b) {
    float2* at = reinterpret_cast<float2*>(s.stream + t * streamRow + c);
    *at = make_float2(at->x + a, at->y + b);
  };
  for (int l = 0; l < job.layers; l++) {
    const AttentionLayer& layer = job.layer[l];
    normalise<T>(s, layer.before);
    __syncthreads();
    linear<T, W, 3 * W>(s.normed, narrowRow, layer.qkv, toWide(wideRow));
    __syncthreads();
    attend<T>(s, tokens);
    __syncthreads();
    linear<T, W, W>(s.normed, narrowRow, layer.leave, toStream);
    __syncthreads();
    normalise<T>(s, layer.middle);
    __syncthreads();
    linear<T, W, 2 * W>(s.normed, narrowRow, layer.widen, [&s](int t, int c, float a, float b) {
      *reinterpret_cast<std::uint32_t*>(s.wide + t * hiddenRow + c) = Numbers<T>::fromFloats(fmaxf(a, 0), fmaxf(b, 0));
    });
    __syncthreads();
    linear<T, 2 * W, W>(s.wide, hiddenRow, layer.narrow, toStream);
    __syncthreads();
  }
  leave<T>(job, n, cells, s.stream, streamRow);
}

/// In float32, without tensor cores: [tokens][FROM] times weights [FROM][TO].
template <class Each>
__device__ void plainLinear(const float* in, int tokens, int from, int to, const Linear& layer, const Each& each) {
  for (int i = static_cast<int>(threadIdx.x); i < tokens * to; i += threads) {
    const int t = i / to;
    const int o = i % to;
    float sum = layer.bias[o];
    for (int k = 0; k < from; k++) sum = fmaf(in[t * from + k], layer.weights[k * to + o], sum);
    each(i, sum);
  }
  __syncthreads();
}

__global__ void __launch_bounds__(threads) plainAttentionKernel(const __grid_constant__ Attention job) {
  waitForEarlier();
  letLaterBegin();
  extern __shared__ float floats[];
  const int n = static_cast<int>(blockIdx.x);
  if (!job.active.has(n)) return;
  const int cells = static_cast<int>(job.x.shape.pixels());
  const int tokens = cells + job.extra;
  float* stream = floats;
  float* normed = stream + tokens * W;
  float* wide = normed + tokens * W;
  enter<float>(job, n, cells, stream, W, tokens);
  __syncthreads();
  const auto normalised = [&](const LayerNorm& norm) {
    for (int t = static_cast<int>(threadIdx.x); t < tokens; t += threads) {
      float mean = 0, variance = 0;
      for (int c = 0; c < W; c++) mean += stream[t * W + c] / W;
      for (int c = 0; c < W; c++) variance += (stream[t * W + c] - mean) * (stream[t * W + c] - mean) / W;
      for (int c = 0; c < W; c++) normed[t * W + c] = (stream[t * W + c] - mean) / sqrtf(variance + 1e-5f) * norm.weight[c] + norm.bias[c];
    }
    __syncthreads();
  };
  for (int l = 0; l < job.layers; l++) {
    const AttentionLayer& layer = job.layer[l];
    normalised(layer.before);
    plainLinear(normed, tokens, W, 3 * W, layer.qkv, [&](int i, float v) { wide[i] = v; });
    constexpr int depth = W / attentionHeads;
    for (int i = static_cast<int>(threadIdx.x); i < tokens * attentionHeads; i += threads) {
      const int head = i % attentionHeads;
      const int t = i / attentionHeads;
      const float* q = wide + t * 3 * W + head * depth;
      const auto score = [&](int o) {
        float sum = 0;
        for (int c = 0; c < depth; c++) sum = fmaf(q[c], wide[o * 3 * W + W + head * depth + c], sum);
        return sum * 0.25f;
      };
      float most = -3.4e38f, total = 0, sums[depth] = {};
      for (int o = 0; o < tokens; o++) most = fmaxf(most, score(o));
      for (int o = 0; o < tokens; o++) {
        const float share = expf(score(o) - most);
        total += share;
#pragma unroll
        for (int c = 0; c < depth; c++) sums[c] = fmaf(share, wide[o * 3 * W + 2 * W + head * depth + c], sums[c]);
      }
#pragma unroll
      for (int c = 0; c < depth; c++) normed[t * W + head * depth + c] = sums[c] / total;
    }
    __syncthreads();
    plainLinear(normed, tokens, W, W, layer.leave, [&](int i, float v) { stream[i] += v; });
    normalised(layer.middle);
    plainLinear(normed, tokens, W, 2 * W, layer.widen, [&](int i, float v) { wide[i] = fmaxf(v, 0); });
    plainLinear(wide, tokens, 2 * W, W, layer.narrow, [&](int i, float v) { stream[i] += v; });
  }
  leave<float>(job, n, cells, stream, W);
}

template <class T>
void launch(const Attention& job, CudaStream stream) {
  const auto allow = [](auto kernel, int bytes) {
    cudaCheck(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes), "attention: shared memory");
  };
  if constexpr (sizeof(T) == 4) {
    const int tokens = static_cast<int>(job.x.shape.pixels()) + job.extra;
    const int bytes = tokens * 5 * W * static_cast<int>(sizeof(float));
    allow(plainAttentionKernel, bytes);
    launchKernel(plainAttentionKernel, job.items, threads, bytes, stream, "attention", job);
  } else {
    allow(attentionKernel<T>, sizeof(Shared));
    launchKernel(attentionKernel<T>, job.items, threads, sizeof(Shared), stream, "attention", job);
  }
}

}  // namespace

void attention(const Attention& job, CudaStream stream) {
  withType(job.x.type, [&](auto number) { launch<decltype(number)>(job, stream); });
}

}  // namespace gimbal::nn::cuda
