#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>

#include "tensor.hpp"

// How kernels read and write tensors: eight channels at a time.
namespace gimbal::nn {

template <class T>
struct Numbers;

template <>
struct Numbers<__half> {
  static __device__ float2 toFloats(std::uint32_t two) { return __half22float2(*reinterpret_cast<__half2*>(&two)); }
  static __device__ std::uint32_t fromFloats(float a, float b) {
    const __half2 two = __floats2half2_rn(a, b);
    return *reinterpret_cast<const std::uint32_t*>(&two);
  }
};

template <>
struct Numbers<__nv_bfloat16> {
  static __device__ float2 toFloats(std::uint32_t two) {
    return {__uint_as_float(two << 16), __uint_as_float(two & 0xffff0000u)};
  }
  static __device__ std::uint32_t fromFloats(float a, float b) {
    const __nv_bfloat162 two = __floats2bfloat162_rn(a, b);
    return *reinterpret_cast<const std::uint32_t*>(&two);
  }
};

/// Reads N (a multiple of 2; 4 for float) adjacent numbers at an address aligned to all of them, at most 16 bytes a load.
template <int N, class T>
__device__ inline void loadFloats(const T* from, float* to) {
  if constexpr (sizeof(T) == 4) {
    if constexpr (N % 4 == 0) {
#pragma unroll
      for (int i = 0; i < N; i += 4) {
        const float4 v = *reinterpret_cast<const float4*>(from + i);
        to[i] = v.x, to[i + 1] = v.y, to[i + 2] = v.z, to[i + 3] = v.w;
      }
    } else {
      const float2 v = *reinterpret_cast<const float2*>(from);
      to[0] = v.x, to[1] = v.y;
    }
  } else {
    std::uint32_t words[N / 2];
    if constexpr (N == 8) {
      *reinterpret_cast<uint4*>(words) = *reinterpret_cast<const uint4*>(from);
    } else if constexpr (N == 4) {
      *reinterpret_cast<uint2*>(words) = *reinterpret_cast<const uint2*>(from);
    } else {
      words[0] = *reinterpret_cast<const std::uint32_t*>(from);
    }
#pragma unroll
    for (int i = 0; i < N / 2; i++) {
      const float2 v = Numbers<T>::toFloats(words[i]);
      to[2 * i] = v.x, to[2 * i + 1] = v.y;
    }
  }
}

template <int N, class T>
__device__ inline void storeFloats(T* to, const float* from) {
  if constexpr (sizeof(T) == 4) {
    if constexpr (N % 4 == 0) {
#pragma unroll
      for (int i = 0; i < N; i += 4) *reinterpret_cast<float4*>(to + i) = make_float4(from[i], from[i + 1], from[i + 2], from[i + 3]);
    } else {
      *reinterpret_cast<float2*>(to) = make_float2(from[0], from[1]);
    }
  } else {
    std::uint32_t words[N / 2];
#pragma unroll
    for (int i = 0; i < N / 2; i++) words[i] = Numbers<T>::fromFloats(from[2 * i], from[2 * i + 1]);
    if constexpr (N == 8) {
      *reinterpret_cast<uint4*>(to) = *reinterpret_cast<uint4*>(words);
    } else if constexpr (N == 4) {
      *reinterpret_cast<uint2*>(to) = *reinterpret_cast<uint2*>(words);
    } else {
      *reinterpret_cast<std::uint32_t*>(to) = words[0];
    }
  }
}

/// What is pending on channels [c, c + N) of item n: scale and shift, then the activation.
template <int N>
__device__ inline void applyPending(const View& view, int n, int c, float* v) {
  if (view.affine != nullptr) {
    const float2* pairs = reinterpret_cast<const float2*>(view.affine) + static_cast<std::size_t>(n) * view.shape.stride() + c;
#pragma unroll
    for (int i = 0; i < N; i++) {
      const float2 p = __ldg(pairs + i);
      v[i] = fmaf(v[i], p.x, p.y);
    }
  }
#pragma unroll
  for (int i = 0; i < N; i++) v[i] = activated(v[i], view.slope);
}

/// N channels of a pixel, as the view says they read.
template <int N, class T>
__device__ inline void readView(const View& view, int n, std::size_t pixel, int c, float* v) {
  loadFloats<N>(static_cast<const T*>(view.data) + view.offset(n) + pixel * view.shape.stride() + c, v);
  applyPending<N>(view, n, c, v);
}

template <int N, class T>
__device__ inline void writeView(const View& view, int n, std::size_t pixel, int c, const float* v) {
  storeFloats<N>(static_cast<T*>(view.data) + view.offset(n) + pixel * view.shape.stride() + c, v);
}

/// Calls `work` with a number of the type that a tensor is stored in.
template <class Work>
void withType(Type type, const Work& work) {
  if (type == Type::f16) {
    work(__half());
  } else if (type == Type::bf16) {
    work(__nv_bfloat16());
  } else {
    work(float());
  }
}

}  // namespace gimbal::nn
