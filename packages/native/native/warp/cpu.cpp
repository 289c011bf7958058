#include "warp.hpp"

#include <functional>
#include <vector>

#include "../isa/isa.hpp"
#include "../parallel/parallel.hpp"
#include "kernels.hpp"
#include "lanes.scalar.hpp"
#include "plane-map.hpp"
#include "rows.hpp"

namespace gimbal {
namespace {

template <class S>
void warpPlane(Plane<const S> src, int bits, int shift, Plane<S> dst, int channels, const WarpField& field, const Siting& siting,
               const WarpOptions& options) {
  warping::checkWarp(src.width, src.height, dst.width, dst.height, channels, field);
  thread_local std::vector<double> storage;  // grows to the largest grid once
  warping::Job job{};
  job.src = reinterpret_cast<const unsigned char*>(src.data);
  job.srcStride = src.stride;
  job.srcWidth = src.width;
  job.srcHeight = src.height;
  job.dst = reinterpret_cast<unsigned char*>(dst.data);
  job.dstStride = dst.stride;
  job.dstWidth = dst.width;
  job.bits = bits;
  job.shift = shift;
  job.fill = options.fill;
  job.border = static_cast<int>(options.border);
  job.taps = 2 + 2 * static_cast<int>(options.interpolation);
  job.weights = warping::kernelWeights(options.interpolation);
  storage.resize(warping::mapSize(field));
  job.map = warping::mapFor(field, siting, storage.data());
  const Isa isa = activeIsa();
  const auto body = [&](int from, int to) {
#if defined(GIMBAL_X86)
    if (isa == Isa::avx512) return warping::rowsAvx512(job, sizeof(S), channels, from, to);
    if (isa == Isa::avx2) return warping::rowsAvx2(job, sizeof(S), channels, from, to);
#else
    static_cast<void>(isa);
#endif
    warping::rowsWith<warping::ScalarLanes>(job, sizeof(S), channels, from, to);
  };
  parallelFor(0, dst.height, 16, options.threads, std::cref(body));
}

}  // namespace

void warp(Plane<const std::uint8_t> src, Plane<std::uint8_t> dst, int channels, const WarpField& field, const Siting& siting,
          const WarpOptions& options) {
  warpPlane(src, 8, 0, dst, channels, field, siting, options);
}

void warp(Plane<const std::uint16_t> src, int bitDepth, int shift, Plane<std::uint16_t> dst, int channels, const WarpField& field,
          const Siting& siting, const WarpOptions& options) {
  warping::checkDepth(bitDepth, shift);
  warpPlane(src, bitDepth, shift, dst, channels, field, siting, options);
}

}  // namespace gimbal
