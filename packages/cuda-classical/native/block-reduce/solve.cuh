#pragma once

// Normal equations in registers: A = L D Lᵀ, lower triangle row by row.
namespace gimbal::device {

template <int N>
constexpr int triangle() {
  return N * (N + 1) / 2;
}

/// Replaces the triangle by L (below the diagonal) and 1/D (on it). False when a pivot is not positive.
template <int N>
__device__ inline bool factorize(double (&a)[triangle<N>()]) {
  bool good = true;
#pragma unroll
  for (int j = 0; j < N; j++) {
    double scaled[N];  // L(j, k) · D(k)
#pragma unroll
    for (int k = 0; k < j; k++) {
      scaled[k] = a[j * (j + 1) / 2 + k];
#pragma unroll
      for (int i = 0; i < k; i++) scaled[k] = fma(-scaled[i], a[k * (k + 1) / 2 + i], scaled[k]);
    }
    double d = a[j * (j + 1) / 2 + j];
#pragma unroll
    for (int k = 0; k < j; k++) {
      const double l = scaled[k] * a[k * (k + 1) / 2 + k];
      d = fma(-l, scaled[k], d);
      a[j * (j + 1) / 2 + k] = l;
    }
    good = good && d > 1e-12;
    a[j * (j + 1) / 2 + j] = 1 / d;
  }
  return good;
}

/// b becomes A⁻¹ b.
template <int N>
__device__ inline void solveFactorized(const double (&a)[triangle<N>()], double (&b)[N]) {
#pragma unroll
  for (int i = 0; i < N; i++) {
#pragma unroll
    for (int k = 0; k < i; k++) b[i] = fma(-a[i * (i + 1) / 2 + k], b[k], b[i]);
  }
#pragma unroll
  for (int i = 0; i < N; i++) b[i] *= a[i * (i + 1) / 2 + i];
#pragma unroll
  for (int i = N - 1; i >= 0; i--) {
#pragma unroll
    for (int k = i + 1; k < N; k++) b[i] = fma(-a[k * (k + 1) / 2 + i], b[k], b[i]);
  }
}

/// jᵀ A⁻¹ j.
template <int N>
__device__ inline double quadratic(const double (&a)[triangle<N>()], double (&j)[N]) {
  double sum = 0;
#pragma unroll
  for (int i = 0; i < N; i++) {
#pragma unroll
    for (int k = 0; k < i; k++) j[i] = fma(-a[i * (i + 1) / 2 + k], j[k], j[i]);
    sum = fma(j[i] * a[i * (i + 1) / 2 + i], j[i], sum);
  }
  return sum;
}

}  // namespace gimbal::device
