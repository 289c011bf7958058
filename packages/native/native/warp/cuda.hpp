#pragma once
#include <memory>

#include "../device/cuda-stream.hpp"
#include "warp.hpp"

namespace gimbal::cuda {

/// One plane of a frame, in device memory. `channels` as in gimbal::warp; `stride` in bytes.
struct WarpPlane {
  const void* src;
  std::ptrdiff_t srcStride;
  int srcWidth;
  int srcHeight;
  void* dst;
  std::ptrdiff_t dstStride;
  int dstWidth;
  int dstHeight;
  int channels;
  Siting siting;
  int fill;
};

/// Warps frames on the device that was current when it was made; see gimbal::warp for what is computed: the results are the same bits.
/// Fast where source rows start a multiple of 4 bytes apart and pixels at multiples of their size, as in every decoder's frames;
/// right everywhere.
class Warp {
 public:
  static constexpr int mostPlanes = 4;

  /// @throws CudaError when there is no room for the kernel tables.
  Warp();
  Warp(Warp&&) noexcept;
  Warp& operator=(Warp&&) noexcept;
  ~Warp();

  /// Warps the planes of one frame in one launch (a mesh needs a second, small one) on `stream`; returns before they are done. The
  /// planes must stay until then; `field` is copied. `options.fill` and `options.threads` play no part. Allocates only when a mesh is
  /// larger than any before. One call at a time.
  /// @throws std::invalid_argument as gimbal::warp does, and for 16-bit samples at odd addresses; CudaError.
  void run(const WarpPlane* planes, int count, int bitDepth, int shift, const WarpField& field, const WarpOptions& options,
           CudaStream stream);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gimbal::cuda
