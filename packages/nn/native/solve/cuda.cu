#include <device/cuda-check.hpp>
#include <algorithm>

#include "../tensor/device.cuh"
#include "../tensor/launch.cuh"
#include "solve.hpp"

namespace gimbal::nn::cuda {
namespace {

constexpr int threads = 256;
constexpr int warps = threads / 32;
constexpr int rowsOfBlock = 16;

struct Shared {
  float sums[warps][sumsOfCells + 1];
  float total[sumsOfCells];
  float a[64];
  float b[8];
  float inverse[64];
  float motion[8];
  bool last;
};

/// Adds the cells of one row of the map to what a warp has: lane l < 25 holds, for weight map l / 5 and power l % 5 of x, the five powers of y.
__device__ void addRow(const Solve& job, int n, int y, const UnitHomography& h, float (&moments)[5], float& energy, float& presence) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const Shape& s = job.x.shape;
  const float step = job.geometry.stride / job.geometry.extent;
  float row[5][5] = {};
  for (int x = lane; x < s.w; x += 32) {
    const std::size_t at = static_cast<std::size_t>(y) * s.w + x;
    float numbers[8];
    loadFloats<8>(static_cast<const float*>(job.x.data) + job.x.offset(n) + at * s.stride(), numbers);
    const std::size_t of = static_cast<std::size_t>(n) * s.h * s.w + at;
    float peak[2] = {};
    if (job.peak != nullptr) loadFloats<2>(job.peak + of * 2, peak);
    float px, py;
    h.project(x * step, y * step, px, py);
    const Cell cell(numbers, peak, isInside(px, py, job.geometry.extent), job.geometry.stride);
    job.inliers[of] = cell.present;
    const float maps[5] = {cell.xx, cell.xy, cell.yy, cell.xx * cell.dx + cell.xy * cell.dy, cell.xy * cell.dx + cell.yy * cell.dy};
    energy += maps[3] * cell.dx + maps[4] * cell.dy;
    presence += cell.present;
#pragma unroll
    for (int k = 0; k < 5; k++) {
      const float power = __ldg(job.powers + x * 5 + k);
#pragma unroll
      for (int m = 0; m < 5; m++) row[m][k] = fmaf(maps[m], power, row[m][k]);
    }
  }
  float mine = 0;
#pragma unroll
  for (int m = 0; m < 5; m++) {
#pragma unroll
    for (int k = 0; k < 5; k++) {
      float sum = row[m][k];
#pragma unroll
      for (int d = 16; d > 0; d /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, d);
      if (lane == m * 5 + k) mine = sum;
    }
  }
#pragma unroll
  for (int j = 0; j < 5; j++) moments[j] = fmaf(mine, __ldg(job.powers + y * 5 + j), moments[j]);
}

/// The inverse of s.a with the prior, by Gauss-Jordan without pivoting (the system is positive definite): lane c < 16 holds column c of
/// [a | 1]. By one warp.
__device__ void invert(Shared& s) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  float m[8];
#pragma unroll
  for (int r = 0; r < 8; r++) {
    m[r] = lane < 8 ? s.a[r * 8 + lane] + (r == lane ? 1e-4f : 0) : (lane - 8 == r ? 1.f : 0.f);
  }
#pragma unroll
  for (int k = 0; k < 8; k++) {
    float column[8];
#pragma unroll
    for (int r = 0; r < 8; r++) column[r] = __shfl_sync(0xffffffffu, m[r], k);
    const float row = m[k] / column[k];
#pragma unroll
    for (int r = 0; r < 8; r++) m[r] = r == k ? row : m[r] - column[r] * row;
  }
  if (lane >= 8 && lane < 16) {
#pragma unroll
    for (int r = 0; r < 8; r++) s.inverse[r * 8 + lane - 8] = m[r];
  }
  __syncwarp();
  float x = 0;
  if (lane < 8) {
    for (int k = 0; k < 8; k++) x = fmaf(s.inverse[lane * 8 + k], s.b[k], x);
    s.motion[lane] = x;
  }
  __syncwarp();
  // One refinement with what is left of the right side.
  float rest = 0;
  if (lane < 8) {
    rest = s.b[lane];
    for (int k = 0; k < 8; k++) rest -= (s.a[lane * 8 + k] + (k == lane ? 1e-4f : 0)) * s.motion[k];
  }
  for (int k = 0; k < 8; k++) {
    const float r = __shfl_sync(0xffffffffu, rest, k);
    if (lane < 8) x = fmaf(s.inverse[lane * 8 + k], r, x);
  }
  __syncwarp();
  if (lane < 8) s.motion[lane] = x;
  __syncwarp();
}

__global__ void __launch_bounds__(threads) solveKernel(const __grid_constant__ Solve job) {
  waitForEarlier();
  letLaterBegin();
  __shared__ Shared s;
  const int n = static_cast<int>(blockIdx.y);
  if (job.active.count != nullptr && n >= *job.active.count) return;
  float* state = job.state + static_cast<std::size_t>(n) * stateNumbers;
  float* record = job.record + n * job.recordStride;
  const int id = static_cast<int>(threadIdx.x);
  const int lane = id % 32;
  if (!job.active.has(n)) {
    if (blockIdx.x == 0 && id == 0) repeatStep(state, record);
    return;
  }
  const UnitHomography h(state, job.geometry.extent);
  const int first = static_cast<int>(blockIdx.x) * rowsOfBlock;
  float moments[5] = {};
  float energy = 0, presence = 0;
  for (int y = first + id / 32; y < min(first + rowsOfBlock, job.x.shape.h); y += warps) addRow(job, n, y, h, moments, energy, presence);
#pragma unroll
  for (int d = 16; d > 0; d /= 2) {
    energy += __shfl_xor_sync(0xffffffffu, energy, d);
    presence += __shfl_xor_sync(0xffffffffu, presence, d);
  }
  if (lane < 25) {
    for (int j = 0; j < 5; j++) s.sums[id / 32][lane / 5 * momentCount + j * 5 + lane % 5] = moments[j];
  }
  if (lane == 0) {
    s.sums[id / 32][5 * momentCount] = energy;
    s.sums[id / 32][5 * momentCount + 1] = presence;
  }
  __syncthreads();
  float* partial = job.partial + static_cast<std::size_t>(n) * gridDim.x * sumsOfCells;
  if (id < sumsOfCells) {
    float sum = 0;
    for (int w = 0; w < warps; w++) sum += s.sums[w][id];
    partial[blockIdx.x * sumsOfCells + id] = sum;
  }
  // The last block of the pair has all sums; it adds them in their order.
  __threadfence();
  __syncthreads();
  if (id == 0) s.last = atomicAdd(job.arrivals + n, 1u) == gridDim.x - 1;
  __syncthreads();
  if (!s.last) return;
  __threadfence();
  if (id < sumsOfCells) {
    float sum = 0;
    for (unsigned k = 0; k < gridDim.x; k++) sum += __ldcg(partial + k * sumsOfCells + id);
    s.total[id] = sum;
  }
  __syncthreads();
  if (id < 64) {
    float sum = 0;
    for (int k = 0; k < 75; k++) sum = fmaf(s.total[k], __ldg(job.normal + k * 64 + id), sum);
    s.a[id] = sum;
  } else if (id < 72) {
    float sum = 0;
    for (int k = 0; k < 50; k++) sum = fmaf(s.total[75 + k], __ldg(job.right + k * 8 + id - 64), sum);
    s.b[id - 64] = sum;
  }
  __syncthreads();
  if (id >= 32) return;
  invert(s);
  if (id != 0) return;
  job.arrivals[n] = 0;
  const float cells = static_cast<float>(job.x.shape.pixels());
  float terms[4] = {0, s.total[5 * momentCount] / cells, 0, s.total[5 * momentCount + 1] / cells};
  for (int r = 0; r < 8; r++) {
    float row = 0;
    for (int c = 0; c < 8; c++) row = fmaf(s.a[r * 8 + c], s.motion[c], row);
    terms[0] += s.inverse[r * 9];
    terms[1] += s.motion[r] * (row - 2 * s.b[r]);
    terms[2] += s.motion[r] * s.motion[r] / 8;
  }
  updateState(state, record, s.motion, spreadFrom(terms, job.spread), job.geometry, job.reach);
}

}  // namespace

int solveBlocks(const Shape& map) { return (map.h + rowsOfBlock - 1) / rowsOfBlock; }

void solve(const Solve& job, CudaStream stream) {
  launchKernel(solveKernel, dim3(solveBlocks(job.x.shape), job.items), threads, 0, stream, "solve", job);
}

}  // namespace gimbal::nn::cuda
