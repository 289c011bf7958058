#include "cuda.hpp"

#include "../device/cuda-check.hpp"
#include "check.hpp"

namespace gimbal::cuda {
namespace {

constexpr int blockWidth = 32;
constexpr int blockHeight = 8;

/// The source samples that destination sample `i` covers along an axis, and the weights of the outermost in units of 1/dst of a
/// source sample: Span of resize/rows.hpp, for one sample.
struct Cover {
  int first;
  int last;
  float firstWeight;
  float lastWeight;

  __device__ Cover(int i, int src, int dst) {
    const auto start = static_cast<std::uint64_t>(i) * static_cast<unsigned>(src);
    const auto end = start + static_cast<unsigned>(src);
    const auto size = static_cast<unsigned>(dst);
    first = static_cast<int>(start / size);
    firstWeight = static_cast<float>(dst - static_cast<int>(start % size));
    const int rest = static_cast<int>(end % size);
    last = static_cast<int>(end / size) - (rest == 0 ? 1 : 0);
    lastWeight = static_cast<float>(rest == 0 ? dst : rest);
  }
};

__device__ int column() { return static_cast<int>(blockIdx.x * blockWidth + threadIdx.x); }
__device__ int row() { return static_cast<int>(blockIdx.y * blockHeight + threadIdx.y); }

/// Whole ratios: integer sums, one multiplication at the end.
template <class T>
__global__ void wholeRatio(Plane<const T> src, Plane<float> dst, float scale) {
  const int x = column();
  const int y = row();
  if (x >= dst.width || y >= dst.height) return;
  const int fx = src.width / dst.width;
  const int fy = src.height / dst.height;
  std::uint32_t total = 0;
  for (int r = 0; r < fy; r++) {
    const T* line = src.row(y * fy + r) + x * fx;
    for (int i = 0; i < fx; i++) total += line[i];
  }
  dst.row(y)[x] = static_cast<float>(total) * scale;
}

/// Any ratio: weighted rows first, then weighted columns, in the order of the CPU path.
template <class T>
__global__ void anyRatio(Plane<const T> src, Plane<float> dst, float scale) {
  const int x = column();
  const int y = row();
  if (x >= dst.width || y >= dst.height) return;
  const Cover columns(x, src.width, dst.width);
  const Cover rows(y, src.height, dst.height);
  const auto wholeX = static_cast<float>(dst.width);
  const auto wholeY = static_cast<float>(dst.height);
  float total = 0;
  for (int c = columns.first; c <= columns.last; c++) {
    float sum = rows.firstWeight * static_cast<float>(src.row(rows.first)[c]);
    for (int r = rows.first + 1; r <= rows.last; r++) {
      sum += (r == rows.last ? rows.lastWeight : wholeY) * static_cast<float>(src.row(r)[c]);
    }
    if (c == columns.first) {
      total = columns.firstWeight * sum;
    } else {
      total += (c == columns.last ? columns.lastWeight : wholeX) * sum;
    }
  }
  dst.row(y)[x] = total * scale;
}

template <class T>
void resizeRows(Plane<const T> src, Plane<float> dst, float unit, CudaStream stream) {
  resize::checkShrinks(src.width, src.height, dst.width, dst.height);
  const std::int64_t fx = src.width / dst.width;
  const std::int64_t fy = src.height / dst.height;
  const dim3 threads(blockWidth, blockHeight);
  const dim3 blocks((dst.width + blockWidth - 1) / blockWidth, (dst.height + blockHeight - 1) / blockHeight);
  // The same choice as on the CPU: beyond this many samples an integer sum could overflow.
  if (src.width % dst.width == 0 && src.height % dst.height == 0 && fx * fy <= 32768) {
    wholeRatio<T><<<blocks, threads, 0, stream>>>(src, dst, unit / static_cast<float>(fx * fy));
  } else {
    const float area = static_cast<float>(src.width) * static_cast<float>(src.height);
    anyRatio<T><<<blocks, threads, 0, stream>>>(src, dst, unit / area);
  }
  cudaCheckLaunch("resizing a plane");
}

}  // namespace

void resizeArea(Plane<const std::uint8_t> src, Plane<float> dst, CudaStream stream) { resizeRows(src, dst, 1.0f, stream); }

void resizeArea(Plane<const std::uint16_t> src, int bitDepth, int shift, Plane<float> dst, CudaStream stream) {
  resizeRows(src, dst, resize::wordUnit(bitDepth, shift), stream);
}

}  // namespace gimbal::cuda
