#pragma once
#include "../frame-pool/layout.hpp"

// One warp follows one point. Lane l holds column l % 16 of the 16×16 window, all rows; lanes 0..15 see to x, lanes 16..31 to y. Sums
// run in the order of patch.hpp, so that the bits are the CPU's.
namespace gimbal::device {

constexpr int kWindow = 16;
constexpr float kHalf = kWindow / 2;
constexpr unsigned kAll = 0xffffffffu;

struct View {
  const float* samples;  ///< at (0, 0)
  int width, height, pitch;
};

__device__ inline View viewOf(const float* frame, const LevelLayout& level) {
  return {frame + level.first, level.width, level.height, level.pitch};
}

__device__ inline int column() { return threadIdx.x % 16; }
__device__ inline bool forY() { return threadIdx.x & 16; }
__device__ inline float ofX(float v) { return __shfl_sync(kAll, v, 0); }
__device__ inline float ofY(float v) { return __shfl_sync(kAll, v, 16); }

/// Adds up eight columns.
__device__ inline float sumOfEight(float s) {
  s += __shfl_xor_sync(kAll, s, 4);
  s += __shfl_xor_sync(kAll, s, 2);
  return s + __shfl_xor_sync(kAll, s, 1);
}

/// Σ of a window whose columns are summed first, then the halves.
__device__ inline float sumOfColumns(float s) { return sumOfEight(s + __shfl_xor_sync(kAll, s, 8)); }

/// Σ of a window, row by row, the left half of a row before the right.
__device__ inline float sumOfRows(const float (&v)[kWindow]) {
  const bool right = threadIdx.x & 8;
  float s = 0;
#pragma unroll
  for (int r = 0; r < kWindow; r++) {
    const float other = __shfl_xor_sync(kAll, v[r], 8);
    s += right ? other : v[r];
    s += right ? v[r] : other;
  }
  return sumOfEight(s);
}

/// Bilinear samples of one column: `row` is the sample above and to the left of the first.
template <int Rows>
__device__ inline void sampleColumn(const float* row, int pitch, float fx, float fy, float (&out)[Rows]) {
  float above = (row[1] - row[0]) * fx + row[0];
#pragma unroll
  for (int r = 0; r < Rows; r++) {
    row += pitch;
    const float here = (row[1] - row[0]) * fx + row[0];
    out[r] = (here - above) * fy + above;
    above = here;
  }
}

__device__ inline int floorInt(float v) {
  const int i = static_cast<int>(v);
  return v < static_cast<float>(i) ? i - 1 : i;
}

/// This lane's column of the window centred on (cx, cy).
__device__ inline void sampleWindow(const View& p, float cx, float cy, float (&out)[kWindow]) {
  const float x = cx - (kHalf - 0.5f), y = cy - (kHalf - 0.5f);
  const int ix = floorInt(x), iy = floorInt(y);
  sampleColumn(p.samples + iy * p.pitch + ix + column(), p.pitch, x - ix, y - iy, out);
}

__device__ inline void lagrange6(float f, float (&w)[6]) {
  const float a = f + 2, b = f + 1, c = f, d = f - 1, e = f - 2, g = f - 3;
  w[0] = -b * c * d * e * g / 120;
  w[1] = a * c * d * e * g / 24;
  w[2] = -a * b * d * e * g / 12;
  w[3] = a * b * c * e * g / 12;
  w[4] = -a * b * c * d * g / 24;
  w[5] = a * b * c * d * e / 120;
}

/// The same with the six-tap interpolator. Each half of the warp filters half of the rows along x and hears the rest from the other.
__device__ inline void sampleSixTap(const View& p, float cx, float cy, float (&out)[kWindow]) {
  constexpr int kRows = kWindow + 5, kMine = 11;
  const float x = cx - (kHalf - 0.5f), y = cy - (kHalf - 0.5f);
  const int ix = floorInt(x), iy = floorInt(y);
  float wx[6], wy[6];
  lagrange6(x - ix, wx);
  lagrange6(y - iy, wy);
  const float* row = p.samples + (iy - 2 + (forY() ? kRows - kMine : 0)) * p.pitch + ix - 2 + column();
  float mine[kMine];
#pragma unroll
  for (int r = 0; r < kMine; r++) {
    float s = row[0] * wx[0];
#pragma unroll
    for (int k = 1; k < 6; k++) s = row[k] * wx[k] + s;
    mine[r] = s;
    row += p.pitch;
  }
  float mid[kRows];
#pragma unroll
  for (int r = 0; r < kRows; r++) {
    mid[r] = r < kMine ? __shfl_sync(kAll, mine[r], column()) : __shfl_sync(kAll, mine[r - (kRows - kMine)], 16 + column());
  }
#pragma unroll
  for (int r = 0; r < kWindow; r++) {
    float s = mid[r] * wy[0];
#pragma unroll
    for (int k = 1; k < 6; k++) s = mid[r + k] * wy[k] + s;
    out[r] = s;
  }
}

}  // namespace gimbal::device
