#include "cuda.hpp"

#include "../device/cuda-check.hpp"
#include "check.hpp"
#include "rows.hpp"

namespace gimbal::cuda {
namespace {

constexpr int tileWidth = 32;
constexpr int tileHeight = 8;
constexpr int lineWidth = 2 * tileWidth + 3;

/// Rows first into shared memory, then columns, in the order of the CPU path.
__global__ void __launch_bounds__(tileWidth* tileHeight) down(Plane<const float> src, Plane<float> dst) {
  __shared__ float line[tileHeight][lineWidth + 1];
  const int left = static_cast<int>(blockIdx.x) * tileWidth * 2 - 2;
  const int y = static_cast<int>(blockIdx.y * tileHeight + threadIdx.y);
  const int x = static_cast<int>(blockIdx.x * tileWidth + threadIdx.x);
  const int row = 2 * (y < dst.height ? y : dst.height - 1);
  const float* a = src.row(pyramid::mirrored(row - 2, src.height));
  const float* b = src.row(pyramid::mirrored(row - 1, src.height));
  const float* c = src.row(row);
  const float* d = src.row(pyramid::mirrored(row + 1, src.height));
  const float* e = src.row(pyramid::mirrored(row + 2, src.height));
  for (int i = static_cast<int>(threadIdx.x); i < lineWidth; i += tileWidth) {
    // Columns of a last tile that reach beyond the mirror image are not used by any pixel.
    const int column = left + i <= src.width + 1 ? pyramid::mirrored(left + i, src.width) : 0;
    line[threadIdx.y][i] = (a[column] + e[column]) + 4.0f * (b[column] + d[column]) + 6.0f * c[column];
  }
  __syncthreads();
  if (x >= dst.width || y >= dst.height) return;
  const float* p = &line[threadIdx.y][2 * threadIdx.x];
  dst.row(y)[x] = ((p[0] + p[4]) + 4.0f * (p[1] + p[3]) + 6.0f * p[2]) * (1.0f / 256.0f);
}

}  // namespace

void pyramidDown(Plane<const float> src, Plane<float> dst, CudaStream stream) {
  pyramid::checkHalves(src, dst);
  const dim3 blocks((dst.width + tileWidth - 1) / tileWidth, (dst.height + tileHeight - 1) / tileHeight);
  down<<<blocks, dim3(tileWidth, tileHeight), 0, stream>>>(src, dst);
  cudaCheckLaunch("halving a plane");
}

}  // namespace gimbal::cuda
