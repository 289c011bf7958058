#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "../pyramid/pyramid.hpp"
#include "../resize/resize.hpp"
#include "align.hpp"
#include "points.hpp"

namespace gimbal {
namespace {

constexpr int kLeastSide = 20;           // of a level, in pixels
constexpr double kLeastSlope = 1;        // grey levels per pixel that a point needs
constexpr double kBlurredNoise = 0.375;  // what [1 2 1]/4 along both axes leaves of a deviation

Plane<float> planeOf(std::vector<float>& samples, int width, int height) {
  const std::size_t wanted = static_cast<std::size_t>(width) * height;
  if (samples.size() < wanted) samples.resize(wanted);
  return {samples.data(), width, height, static_cast<std::ptrdiff_t>(width * sizeof(float))};
}

/// [1 2 1]/4 along both axes, the edge sample repeated; `line` holds width + 2 floats. What interpolation cannot carry goes.
void blur(Plane<const float> src, Plane<float> dst, float* line) {
  const int w = src.width;
  const int h = src.height;
  float* __restrict mid = line + 1;
  for (int y = 0; y < h; y++) {
    const float* a = src.row(std::max(y - 1, 0));
    const float* m = src.row(y);
    const float* b = src.row(std::min(y + 1, h - 1));
    for (int x = 0; x < w; x++) mid[x] = (a[x] + b[x]) + (m[x] + m[x]);
    mid[-1] = mid[0];
    mid[w] = mid[w - 1];
    float* __restrict out = dst.row(y);
    for (int x = 0; x < w; x++) out[x] = ((mid[x - 1] + mid[x + 1]) + (mid[x] + mid[x])) * (1.0f / 16);
  }
}

}  // namespace

void prepareAlign(const AlignLuma& luma, const AlignSettings& settings, AlignScratch& scratch, AlignFrame& out) {
  if (luma.width < 1 || luma.height < 1) throw std::invalid_argument("align expects planes of at least 1x1");
  const double scale = std::min(1.0, static_cast<double>(settings.analysisSize) / std::max(luma.width, luma.height));
  const int width = std::max(1, static_cast<int>(std::lround(luma.width * scale)));
  const int height = std::max(1, static_cast<int>(std::lround(luma.height * scale)));
  out.ready = false;
  out.sourceWidth = luma.width;
  out.sourceHeight = luma.height;
  const Plane<float> sharp = planeOf(scratch.sharp, width, height);
  if (luma.bitDepth <= 8) {
    resizeArea({static_cast<const std::uint8_t*>(luma.data), luma.width, luma.height, luma.stride}, sharp, settings.threads);
  } else {
    resizeArea({static_cast<const std::uint16_t*>(luma.data), luma.width, luma.height, luma.stride}, luma.bitDepth, luma.shift,
               sharp, settings.threads);
  }
  if (scratch.points.size() < static_cast<std::size_t>(width) + 2) scratch.points.resize(static_cast<std::size_t>(width) + 2);
  out.level[0].plane = planeOf(out.level[0].samples, width, height);
  blur(sharp, out.level[0].plane, scratch.points.data());
  out.noise = kBlurredNoise * alignment::noiseOf(sharp, scratch.points);
  out.levels = 0;
  for (int l = 0; l < alignLevels; l++) {
    AlignLevel& level = out.level[l];
    if (l > 0) {
      const Plane<float>& finer = out.level[l - 1].plane;
      level.plane = planeOf(level.samples, (finer.width + 1) / 2, (finer.height + 1) / 2);
      if (std::min(level.plane.width, level.plane.height) >= kLeastSide) pyramidDown(finer, level.plane, settings.threads);
    }
    if (std::min(level.plane.width, level.plane.height) < kLeastSide) break;
    const double steep = std::max(kLeastSlope, out.noise / (1 << l));
    alignment::selectPoints(level.plane, settings.points >> l, steep, 1 << l, width, height, scratch.points, level.points);
    out.levels++;
  }
  out.ready = true;
}

}  // namespace gimbal
