#pragma once
#include <cstdint>
#include <plane/plane.hpp>
#include <vector>

#include "../padded-pyramid/padded-pyramid.hpp"
#include "../shi-tomasi/shi-tomasi.hpp"

namespace gimbal {

/// A luma plane as the decoder gave it: 8-bit samples, or 16-bit words with `bitDepth` significant bits shifted up by `shift`.
struct Luma {
  const void* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;  ///< bytes
  int bitDepth = 8;
  int shift = 0;
};

struct AnalysisSize {
  int width = 0;
  int height = 0;
};

/// What the estimator keeps of one frame. Everything is in pixels of the analysis size, luma in 0..255.
struct PreparedFrame {
  int sourceWidth = 0;
  int sourceHeight = 0;
  PaddedPyramid pyramid;
  std::vector<Corner> corners;
  /// Mean and standard deviation of the luma.
  double mean = 0;
  double deviation = 0;
  bool ready = false;
};

struct PrepareScratch {
  std::vector<float> resized;
  std::vector<float> dx, dy, strength;
  CornerScratch corners;
};

/// The size whose longer side is at most `longSide`, in the source's proportions; never larger than the source.
AnalysisSize analysisSize(int width, int height, int longSide);

/// Resize, light blur ([1 2 1]/4: what interpolation cannot carry goes), pyramid, corners; none where the mask hides the frame.
void prepareFrame(const Luma& luma, int longSide, int corners, int threads, PrepareScratch& scratch, PreparedFrame& out,
                  const CornerMask& mask = {});

}  // namespace gimbal
