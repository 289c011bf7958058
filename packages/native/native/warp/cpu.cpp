#include "warp.hpp"

#include <array>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "../isa/isa.hpp"
#include "../parallel/parallel.hpp"
#include "kernels.hpp"
#include "lanes.scalar.hpp"
#include "rows.hpp"

namespace gimbal {
namespace {

using Matrix = std::array<double, 9>;

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c{};
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) c[i * 3 + j] = a[i * 3] * b[j] + a[i * 3 + 1] * b[3 + j] + a[i * 3 + 2] * b[6 + j];
  }
  return c;
}

void require(bool holds, const std::string& expected) {
  if (!holds) throw std::invalid_argument("warp expects " + expected);
}

void check(int srcWidth, int srcHeight, int dstWidth, int dstHeight, int channels, const WarpField& field) {
  const auto fits = [](int n) { return n >= 1 && n <= warping::widest; };
  require(fits(srcWidth) && fits(srcHeight) && fits(dstWidth) && fits(dstHeight),
          "planes of 1x1 to 16384x16384, received " + std::to_string(srcWidth) + "x" + std::to_string(srcHeight) + " and " +
              std::to_string(dstWidth) + "x" + std::to_string(dstHeight));
  require(channels == 1 || channels == 2, "1 or 2 channels, received " + std::to_string(channels));
  require(field.rows >= 1 && field.cols >= 1 && field.width >= 1 && field.height >= 1 && field.homographies != nullptr,
          "a grid of at least 1x1 over a picture of at least 1x1");
}

/// Carries the field from luma pixels over to the samples of this plane: S^-1 H S.
warping::Map mapFor(const WarpField& field, const Siting& s, std::vector<double>& storage) {
  storage.resize(static_cast<std::size_t>(field.rows) * field.cols * 9);
  const Matrix up{s.scaleX, 0, s.offsetX, 0, s.scaleY, s.offsetY, 0, 0, 1};
  const Matrix down{1 / s.scaleX, 0, -s.offsetX / s.scaleX, 0, 1 / s.scaleY, -s.offsetY / s.scaleY, 0, 0, 1};
  for (int cell = 0; cell < field.rows * field.cols; cell++) {
    Matrix h;
    for (int i = 0; i < 9; i++) h[i] = field.homographies[cell * 9 + i];
    const Matrix m = product(down, product(h, up));
    for (int i = 0; i < 9; i++) storage[cell * 9 + i] = m[i];
  }
  const double perColumn = static_cast<double>(field.cols) / field.width;
  const double perRow = static_cast<double>(field.rows) / field.height;
  return {field.rows,
          field.cols,
          storage.data(),
          s.scaleX * perColumn,
          (s.offsetX + 0.5) * perColumn - 0.5,
          s.scaleY * perRow,
          (s.offsetY + 0.5) * perRow - 0.5};
}

template <class S>
void warpPlane(Plane<const S> src, int bits, int shift, Plane<S> dst, int channels, const WarpField& field, const Siting& siting,
               const WarpOptions& options) {
  check(src.width, src.height, dst.width, dst.height, channels, field);
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
  job.map = mapFor(field, siting, storage);
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
  require(bitDepth >= 9 && shift >= 0 && bitDepth + shift <= 16, "9 to 16 significant bits within a 16-bit word, received " +
                                                                     std::to_string(bitDepth) + " bits shifted by " +
                                                                     std::to_string(shift));
  warpPlane(src, bitDepth, shift, dst, channels, field, siting, options);
}

}  // namespace gimbal
