#pragma once
#include <cstdint>

#include "../plane/plane.hpp"

// The loop over the blocks is hot and its body large: left to themselves, compilers call it.
#if defined(_MSC_VER)
#define GIMBAL_INLINE __forceinline
#else
#define GIMBAL_INLINE inline __attribute__((always_inline))
#endif

namespace gimbal::warping {

/// The transform of one plane, in samples of that plane. Grid coordinate of sample u: u * gridScaleX + gridOffsetX.
struct Map {
  int rows;
  int cols;
  const double* homographies;
  double gridScaleX;
  double gridOffsetX;
  double gridScaleY;
  double gridOffsetY;
};

/// Everything that the rows of one plane share. Plain data: it crosses from baseline code into code for newer machines.
struct Job {
  const unsigned char* src;
  std::ptrdiff_t srcStride;
  int srcWidth;
  int srcHeight;
  unsigned char* dst;
  std::ptrdiff_t dstStride;
  int dstWidth;
  int bits;   // significant bits of a sample
  int shift;  // bits below them
  int fill;
  int border;              // 0 fill, 1 replicate, 2 mirror
  int taps;                // 2 bilinear, 4 bicubic, 6 Lanczos
  const std::int32_t* weights;  // taps/2 pairs of 14-bit weights for each of phaseCount + 1 phases; null for bilinear
  Map map;
};

/// The widest and the highest plane, in samples.
constexpr int widest = 16384;

/// Kernel positions per pixel for bicubic and Lanczos.
constexpr int phaseBits = 10;
constexpr int phaseCount = 1 << phaseBits;

/// Bits of the signed intermediate that a sample's bits and the binary places after them may fill: all 16 where weights are never
/// negative, one less to leave room for overshoot (1.25 for bicubic, 1.55 for Lanczos).
constexpr int intermediateBits(int taps) { return taps == 2 ? 16 : 15; }

void rowsAvx2(const Job& job, int sampleBytes, int channels, int from, int to);
void rowsAvx512(const Job& job, int sampleBytes, int channels, int from, int to);

}  // namespace gimbal::warping
