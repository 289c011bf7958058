#include <algorithm>
#include <vector>

#include <parallel/parallel.hpp>

#include "sub-cell.hpp"

namespace gimbal::mosaic {
namespace {

/// Colours of a row of chroma blocks, as whole numbers.
struct BlockRow {
  std::vector<std::int32_t> l, a, b, luma, cb, cr;
  std::vector<float> y, u, v;

  void fit(int width) {
    for (auto* each : {&l, &a, &b, &luma, &cb, &cr}) each->resize(width);
    for (auto* each : {&y, &u, &v}) each->resize(width);
  }

  void read(const Picture& picture, const Colour& colour, int by, int blocks) {
    const int whole = picture.chromaShiftX <= 1 && picture.chromaShiftY <= 1 ? picture.width >> picture.chromaShiftX : 0;
    const int y0 = by << picture.chromaShiftY;
    const int y1 = std::min(picture.height - 1, y0 + (1 << picture.chromaShiftY) - 1);
    const auto quick = [&](auto sample) {
      using T = decltype(sample);
      const T* top = reinterpret_cast<const T*>(picture.plane[0].data + y0 * picture.plane[0].stride);
      const T* bottom = reinterpret_cast<const T*>(picture.plane[0].data + y1 * picture.plane[0].stride);
      const int shift = picture.shift;
      if (picture.chromaShiftX == 1) {
        for (int x = 0; x < whole; x++) {
          luma[x] = ((top[2 * x] >> shift) + (top[2 * x + 1] >> shift) + (bottom[2 * x] >> shift) + (bottom[2 * x + 1] >> shift)) * 4;
        }
      } else {
        for (int x = 0; x < whole; x++) luma[x] = ((top[x] >> shift) + (bottom[x] >> shift)) * 8;
      }
    };
    if (picture.bytes == 1) {
      quick(std::uint8_t{});
    } else {
      quick(std::uint16_t{});
    }
    for (int x = whole; x < blocks; x++) luma[x] = blockLuma(picture, x, by);
    const int middle = static_cast<int>(colour.chromaOffset);
    for (int x = 0; x < blocks; x++) {
      cb[x] = picture.planes == 1 ? middle : picture.chroma(0, x, by);
      cr[x] = picture.planes == 1 ? middle : picture.chroma(1, x, by);
    }
    for (int x = 0; x < blocks; x++) {
      const Oklab lab = oklabOfSamples(colour, static_cast<float>(luma[x]) * 0.0625f, static_cast<float>(cb[x]), static_cast<float>(cr[x]));
      y[x] = lab.l * kSumScale;
      u[x] = lab.a * kSumScale;
      v[x] = lab.b * kSumScale;
    }
    for (int x = 0; x < blocks; x++) {
      l[x] = roundedTo(y[x]);
      a[x] = roundedTo(u[x]);
      b[x] = roundedTo(v[x]);
    }
  }
};

}  // namespace

void cellFeatures(const Picture& picture, const Colour& colour, const Grid& grid, int side, std::int16_t* features, std::int32_t* means,
                  int threads) {
  const int blocks = picture.chromaWidth();
  const int scale = featureScale(side);
  parallelFor(0, grid.rows, 1, threads, [&](int fromRow, int toRow) {
    BlockRow row;
    row.fit(blocks);
    std::vector<SubSums> sums(static_cast<std::size_t>(grid.cols) * side * side);
    for (int r = fromRow; r < toRow; r++) {
      std::fill(sums.begin(), sums.end(), SubSums{});
      const int top = firstBlock(grid.y[r], picture.chromaShiftY), bottom = lastBlock(grid.y[r + 1], picture.chromaShiftY);
      for (int by = top; by < bottom; by++) {
        row.read(picture, colour, by, blocks);
        for (int sy = 0; sy < side; sy++) {
          int y0, y1;
          subRange(top, bottom, sy, side, y0, y1);
          if (by < y0 || by >= y1) continue;
          for (int c = 0; c < grid.cols; c++) {
            const int left = firstBlock(grid.x[c], picture.chromaShiftX), right = lastBlock(grid.x[c + 1], picture.chromaShiftX);
            for (int sx = 0; sx < side; sx++) {
              int x0, x1;
              subRange(left, right, sx, side, x0, x1);
              SubSums& sum = sums[(static_cast<std::size_t>(c) * side + sy) * side + sx];
              for (int x = x0; x < x1; x++) {
                sum.l += row.l[x];
                sum.a += row.a[x];
                sum.b += row.b[x];
                sum.luma += row.luma[x];
                sum.cb += row.cb[x];
                sum.cr += row.cr[x];
              }
              sum.count += x1 - x0;
            }
          }
        }
      }
      for (int c = 0; c < grid.cols; c++) {
        const std::size_t cell = static_cast<std::size_t>(r) * grid.cols + c;
        SubSums all;
        for (int k = 0; k < side * side; k++) {
          const SubSums& sum = sums[static_cast<std::size_t>(c) * side * side + k];
          std::int16_t* out = features + (cell * side * side + k) * 3;
          out[0] = featureOf(sum.l, sum.count, scale);
          out[1] = featureOf(sum.a, sum.count, scale);
          out[2] = featureOf(sum.b, sum.count, scale);
          all.luma += sum.luma;
          all.cb += sum.cb;
          all.cr += sum.cr;
          all.count += sum.count;
        }
        means[3 * cell] = static_cast<std::int32_t>(all.luma / all.count);
        means[3 * cell + 1] = static_cast<std::int32_t>(all.cb * 16 / all.count);
        means[3 * cell + 2] = static_cast<std::int32_t>(all.cr * 16 / all.count);
      }
    }
  });
}

}  // namespace gimbal::mosaic
