#pragma once
#include "../plane/plane.hpp"

namespace gimbal {

enum class Interpolation { bilinear, bicubic, lanczos3 };  // bicubic: Keys' kernel with a = -0.5 (Catmull-Rom)

/// What lies outside the source: `fill` one value; `replicate` aaa|abcd|ddd; `mirror` dcb|abcd|cba (BORDER_REFLECT_101).
enum class Border { fill, replicate, mirror };

/// Output pixel -> source pixel, both in full-resolution luma pixels, pixel centres on integers. A `rows x cols` grid of row-major
/// 3x3 homographies lies over the output picture of `width x height` luma pixels; between the centres of the cells their answers
/// are blended bilinearly, beyond the outermost centres the nearest cell holds alone. 1x1 is one homography for the whole picture.
struct WarpField {
  int rows;
  int cols;
  const double* homographies;  // rows * cols * 9
  int width;
  int height;
};

/// Where a plane's samples sit: luma = scale * sample + offset, along each axis. Luma itself is {1, 1, 0, 0};
/// MPEG-2 sited 4:2:0 chroma is {2, 2, 0, 0.5}.
struct Siting {
  double scaleX = 1;
  double scaleY = 1;
  double offsetX = 0;
  double offsetY = 0;
};

struct WarpOptions {
  Interpolation interpolation = Interpolation::bilinear;
  Border border = Border::fill;
  int fill = 0;  // in significant bits, for every channel
  int threads = 1;
};

/// Warps one plane. `channels` is 1, or 2 for interleaved pairs (width counts pairs). Samples of more than 8 bits: `bitDepth`
/// significant bits shifted up by `shift`. Source and destination may differ in size, 1x1 to 16384x16384, and must not overlap.
/// Where the transform sends a pixel to infinity or behind the camera, and where its numbers are not finite, the fill is painted.
///
/// Source coordinates are good to 1/2^(bitDepth + 1) px (1/512 px for 8 bits) plus rounding to 1/65536 px; where a homography is
/// so bent that straight pieces of 16 pixels would miss that, every pixel is divided out. Whole-pixel shifts are exact (bicubic and
/// Lanczos with 16 bits: to 1). Otherwise a result is off the exact one, rounded, by at most 1 with 8 bits; bilinear also with
/// 9 to 12 bits, and by 8 of 65535 with 16. The bicubic and Lanczos kernels are tabulated every 1/1024 px: there 2^(bitDepth - 9)
/// with more than 9 bits, reached only in white noise. Every instruction set and every number of threads give the same bits.
/// @throws std::invalid_argument for sizes, channels, bit depth or a grid outside these bounds.
void warp(Plane<const std::uint8_t> src, Plane<std::uint8_t> dst, int channels, const WarpField& field, const Siting& siting,
          const WarpOptions& options);
void warp(Plane<const std::uint16_t> src, int bitDepth, int shift, Plane<std::uint16_t> dst, int channels, const WarpField& field,
          const Siting& siting, const WarpOptions& options);

}  // namespace gimbal
