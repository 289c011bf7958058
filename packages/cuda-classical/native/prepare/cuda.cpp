#include "cuda.hpp"

#include <resize/cuda.hpp>

#include "../padded-pyramid/cuda.hpp"
#include "../shi-tomasi/cuda.hpp"

namespace gimbal {

void resizeLuma(const LumaBatch& lumas, const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, CudaStream stream) {
  const int w = frame.level[0].width, h = frame.level[0].height;
  for (int i = 0; i < batch.count; i++) {
    const Luma& luma = lumas.luma[i];
    const Plane<float> resized{reinterpret_cast<float*>(batch.scratch[i] + scratch.resized), w, h, static_cast<std::ptrdiff_t>(w * sizeof(float))};
    if (luma.bitDepth <= 8) {
      cuda::resizeArea({static_cast<const std::uint8_t*>(luma.data), luma.width, luma.height, luma.stride}, resized, stream);
    } else {
      const Plane<const std::uint16_t> src{static_cast<const std::uint16_t*>(luma.data), luma.width, luma.height, luma.stride};
      cuda::resizeArea(src, luma.bitDepth, luma.shift, resized, stream);
    }
  }
}

void findCorners(const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch, CudaStream stream) {
  CornerOptions options;
  options.count = frame.cornerCapacity;
  findCorners(batch, frame, scratch, options, stream);
}

void prepareFrames(const LumaBatch& lumas, const PrepareBatch& batch, const FrameLayout& frame, const PrepareLayout& scratch,
                   CudaStream stream) {
  resizeLuma(lumas, batch, frame, scratch, stream);
  buildPyramids(batch, frame, scratch, stream);
  findCorners(batch, frame, scratch, stream);
}

}  // namespace gimbal
