#include "cuda.hpp"

#include <resize/cuda.hpp>

#include "../shi-tomasi/cuda.hpp"

namespace gimbal {

void resizeLuma(const Luma& luma, const FrameLayout& frame, float* resized, CudaStream stream) {
  const int w = frame.level[0].width, h = frame.level[0].height;
  const Plane<float> out{resized, w, h, static_cast<std::ptrdiff_t>(w * sizeof(float))};
  if (luma.bitDepth <= 8) {
    cuda::resizeArea({static_cast<const std::uint8_t*>(luma.data), luma.width, luma.height, luma.stride}, out, stream);
  } else {
    const Plane<const std::uint16_t> src{static_cast<const std::uint16_t*>(luma.data), luma.width, luma.height, luma.stride};
    cuda::resizeArea(src, luma.bitDepth, luma.shift, out, stream);
  }
}

void findCorners(const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, const CornerMask& mask, CudaStream stream) {
  CornerOptions options;
  options.count = frame.cornerCapacity;
  findCorners(batch, frame, scratch, options, mask, stream);
}

}  // namespace gimbal
