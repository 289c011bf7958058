#include "prepare.hpp"

#include <algorithm>
#include <cmath>
#include <resize/resize.hpp>
#include <stdexcept>

#include "../scharr/scharr.hpp"

namespace gimbal {
namespace {

Plane<float> planeOf(std::vector<float>& samples, int w, int h) {
  samples.resize(static_cast<std::size_t>(w) * h + 16);
  return {samples.data(), w, h, static_cast<std::ptrdiff_t>(w * sizeof(float))};
}

/// [1 2 1]/4 along both axes, the edge sample repeated; `columns` holds w + 2 floats.
void blur(Plane<const float> src, Plane<float> dst, float* columns) {
  const int w = src.width, h = src.height;
  for (int y = 0; y < h; y++) {
    const float* a = src.row(y > 0 ? y - 1 : 0);
    const float* m = src.row(y);
    const float* b = src.row(y < h - 1 ? y + 1 : y);
    float* mid = columns + 1;
    for (int x = 0; x < w; x++) mid[x] = (a[x] + b[x]) + (m[x] + m[x]);
    mid[-1] = mid[0];
    mid[w] = mid[w - 1];
    float* o = dst.row(y);
    for (int x = 0; x < w; x++) o[x] = ((mid[x - 1] + mid[x + 1]) + (mid[x] + mid[x])) * (1.0f / 16);
  }
}

void statistics(Plane<const float> p, double& mean, double& deviation) {
  double sum = 0, squares = 0;
  for (int y = 0; y < p.height; y++) {
    const float* row = p.row(y);
    for (int x = 0; x < p.width; x++) {
      sum += row[x];
      squares += double(row[x]) * row[x];
    }
  }
  const double n = double(p.width) * p.height;
  mean = sum / n;
  deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));
}

}  // namespace

AnalysisSize analysisSize(int width, int height, int longSide) {
  const double scale = std::min(1.0, double(longSide) / std::max(width, height));
  return {std::max(1, static_cast<int>(std::lround(width * scale))), std::max(1, static_cast<int>(std::lround(height * scale)))};
}

void prepareFrame(const Luma& luma, int longSide, int corners, int threads, PrepareScratch& scratch, PreparedFrame& out,
                  const CornerMask& mask) {
  if (luma.width < 1 || luma.height < 1) throw std::invalid_argument("prepareFrame: a frame has at least 1x1 pixels");
  const AnalysisSize size = analysisSize(luma.width, luma.height, longSide);
  const Plane<float> resized = planeOf(scratch.resized, size.width, size.height);
  if (luma.bitDepth <= 8) {
    const Plane<const std::uint8_t> src{static_cast<const std::uint8_t*>(luma.data), luma.width, luma.height, luma.stride};
    resizeArea(src, resized, threads);
  } else {
    const Plane<const std::uint16_t> src{static_cast<const std::uint16_t*>(luma.data), luma.width, luma.height, luma.stride};
    resizeArea(src, luma.bitDepth, luma.shift, resized, threads);
  }
  out.sourceWidth = luma.width;
  out.sourceHeight = luma.height;
  out.pyramid.resize(size.width, size.height);
  const Plane<float> dx = planeOf(scratch.dx, size.width, size.height);
  const Plane<float> dy = planeOf(scratch.dy, size.width, size.height);
  const Plane<float> strength = planeOf(scratch.strength, size.width, size.height);
  blur(resized, out.pyramid.level(0), scratch.dx.data());
  out.pyramid.build(threads);
  statistics(out.pyramid.level(std::min(2, out.pyramid.levels() - 1)), out.mean, out.deviation);
  scharr(out.pyramid.level(0), dx, dy);
  cornerStrength(dx, dy, strength, scratch.corners);
  hideCorners(strength, mask);
  CornerOptions options;
  options.count = corners;
  selectCorners(strength, options, scratch.corners, out.corners);
  out.ready = true;
}

}  // namespace gimbal
