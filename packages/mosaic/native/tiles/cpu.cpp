#include <algorithm>
#include <cmath>
#include <vector>

#include <parallel/parallel.hpp>

#include "../features/sub-cell.hpp"
#include "tiles.hpp"

namespace gimbal::mosaic {
namespace {

/// Source samples that destination sample k of n covers of [start, start + length): at least one, within [0, limit).
void covered(double start, double length, int k, int n, int limit, int& from, int& to) {
  from = std::clamp(static_cast<int>(std::floor(start + length * k / n + 1e-9)), 0, limit - 1);
  to = std::clamp(static_cast<int>(std::ceil(start + length * (k + 1) / n - 1e-9)), from + 1, limit);
}

void store(unsigned char* samples, int bytes, std::int64_t index, int value) {
  if (bytes == 1) {
    samples[index] = static_cast<std::uint8_t>(value);
  } else {
    reinterpret_cast<std::uint16_t*>(samples)[index] = static_cast<std::uint16_t>(value);
  }
}

}  // namespace

void sampleTile(const Picture& picture, const ColourTags& tags, const Crop& crop, int size, std::uint8_t* rgb) {
  ColourTable table;
  colourOf(tags, table);
  const double fx = 1.0 / (1 << picture.chromaShiftX), fy = 1.0 / (1 << picture.chromaShiftY);
  const float middle = table.colour.chromaOffset;
  for (int y = 0; y < size; y++) {
    for (int x = 0; x < size; x++) {
      int x0, x1, y0, y1;
      covered(crop.left, crop.size, x, size, picture.width, x0, x1);
      covered(crop.top, crop.size, y, size, picture.height, y0, y1);
      double luma = 0, chroma[2] = {middle, middle};
      for (int v = y0; v < y1; v++) {
        for (int u = x0; u < x1; u++) luma += picture.at(0, u, v);
      }
      luma /= static_cast<double>(x1 - x0) * (y1 - y0);
      if (picture.planes > 1) {
        covered(crop.left * fx, crop.size * fx, x, size, picture.chromaWidth(), x0, x1);
        covered(crop.top * fy, crop.size * fy, y, size, picture.chromaHeight(), y0, y1);
        for (int k = 0; k < 2; k++) {
          double sum = 0;
          for (int v = y0; v < y1; v++) {
            for (int u = x0; u < x1; u++) sum += picture.chroma(k, u, v);
          }
          chroma[k] = sum / (static_cast<double>(x1 - x0) * (y1 - y0));
        }
      }
      float colour[3];
      srgbOfSamples(tags, table.colour, static_cast<float>(luma), static_cast<float>(chroma[0]), static_cast<float>(chroma[1]), colour);
      std::uint8_t* out = rgb + (static_cast<std::ptrdiff_t>(y) * size + (crop.mirrored ? size - 1 - x : x)) * 3;
      for (int k = 0; k < 3; k++) out[k] = static_cast<std::uint8_t>(std::lround(255 * colour[k]));
    }
  }
}

void layTiles(const std::uint8_t* rgb, int count, int size, const ColourTags& tags, const TileShape& shape, float saturation, int side,
              unsigned char* samples, std::int16_t* features, std::int32_t* means, int threads) {
  ColourTable srgb, stream;
  ColourTags plain;
  plain.transfer = 13;
  colourOf(plain, srgb);
  colourOf(tags, stream);
  const Colour& code = stream.colour;
  const double aspect = static_cast<double>(shape.width) / shape.height;
  const double width = aspect >= 1 ? size : size * aspect, height = aspect >= 1 ? size / aspect : size;
  const double left = (size - width) / 2, top = (size - height) / 2;
  const int most = (1 << tags.bitDepth) - 1;
  const int scale = featureScale(side);
  parallelFor(0, count, 8, threads, [&](int fromTile, int toTile) {
    std::vector<float> coded(static_cast<std::size_t>(size) * size * 3);
    for (int t = fromTile; t < toTile; t++) {
      const std::uint8_t* pixels = rgb + static_cast<std::size_t>(t) * size * size * 3;
      for (int i = 0; i < size * size; i++) {
        const float colour[3] = {pixels[3 * i] / 255.0f, pixels[3 * i + 1] / 255.0f, pixels[3 * i + 2] / 255.0f};
        codedOfSrgb(tags, colour, &coded[3 * static_cast<std::size_t>(i)]);
      }
      const auto mean = [&](int channel, int w, int h, int px, int py) {
        int x0, x1, y0, y1;
        covered(left, width, px, w, size, x0, x1);
        covered(top, height, py, h, size, y0, y1);
        double sum = 0;
        for (int v = y0; v < y1; v++) {
          for (int u = x0; u < x1; u++) sum += coded[(static_cast<std::size_t>(v) * size + u) * 3 + channel];
        }
        return sum / (static_cast<double>(x1 - x0) * (y1 - y0));
      };
      std::int64_t totals[3] = {0, 0, 0};
      const std::int64_t base = static_cast<std::int64_t>(t) * shape.samples();
      for (int plane = 0; plane < (shape.chromaWidth > 0 ? 3 : 1); plane++) {
        const int w = plane == 0 ? shape.width : shape.chromaWidth, h = plane == 0 ? shape.height : shape.chromaHeight;
        for (int y = 0; y < h; y++) {
          for (int x = 0; x < w; x++) {
            const double value = mean(plane, w, h, x, y);
            const double sample = plane == 0 ? value / code.lumaScale + code.lumaOffset : value * saturation / code.chromaScale + code.chromaOffset;
            const int whole = std::clamp(static_cast<int>(std::lround(sample)), 0, most);
            store(samples, shape.bytes, base + shape.planeStart(plane) + static_cast<std::int64_t>(y) * w + x, whole);
            totals[plane] += whole;
          }
        }
        means[3 * static_cast<std::size_t>(t) + plane] = static_cast<std::int32_t>(totals[plane] * 16 / (w * h));
      }
      if (shape.chromaWidth == 0) means[3 * static_cast<std::size_t>(t) + 1] = means[3 * static_cast<std::size_t>(t) + 2] = static_cast<std::int32_t>(16 * code.chromaOffset);
      for (int sy = 0; sy < side; sy++) {
        for (int sx = 0; sx < side; sx++) {
          int x0, x1, y0, y1;
          covered(left, width, sx, side, size, x0, x1);
          covered(top, height, sy, side, size, y0, y1);
          SubSums sums;
          for (int v = y0; v < y1; v++) {
            for (int u = x0; u < x1; u++) {
              const std::uint8_t* p = pixels + (static_cast<std::ptrdiff_t>(v) * size + u) * 3;
              const Oklab lab = oklabOfRgb(srgb.colour, p[0] / 255.0f, p[1] / 255.0f, p[2] / 255.0f);
              sums.l += roundedTo(lab.l * kSumScale);
              sums.a += roundedTo(lab.a * saturation * kSumScale);
              sums.b += roundedTo(lab.b * saturation * kSumScale);
              sums.count++;
            }
          }
          std::int16_t* out = features + ((static_cast<std::ptrdiff_t>(t) * side + sy) * side + sx) * 3;
          out[0] = featureOf(sums.l, sums.count, scale);
          out[1] = featureOf(sums.a, sums.count, scale);
          out[2] = featureOf(sums.b, sums.count, scale);
        }
      }
    }
  });
}

std::vector<std::int32_t> distinctTiles(const std::int16_t* features, int count, int dimensions, std::int32_t distance) {
  std::vector<std::int32_t> taken;
  for (int t = 0; t < count; t++) {
    const std::int16_t* mine = features + static_cast<std::ptrdiff_t>(t) * dimensions;
    const bool near = std::any_of(taken.begin(), taken.end(), [&](std::int32_t other) {
      const std::int16_t* theirs = features + static_cast<std::ptrdiff_t>(other) * dimensions;
      std::int32_t sum = 0;
      for (int d = 0; d < dimensions && sum < distance; d++) {
        const int difference = mine[d] - theirs[d];
        sum += difference * difference;
      }
      return sum < distance;
    });
    if (!near) taken.push_back(t);
  }
  return taken;
}

}  // namespace gimbal::mosaic
