#include "plane-map.hpp"

#include <array>
#include <stdexcept>
#include <string>

namespace gimbal::warping {
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

}  // namespace

void checkWarp(int srcWidth, int srcHeight, int dstWidth, int dstHeight, int channels, const WarpField& field) {
  const auto fits = [](int n) { return n >= 1 && n <= widest; };
  require(fits(srcWidth) && fits(srcHeight) && fits(dstWidth) && fits(dstHeight),
          "planes of 1x1 to 16384x16384, received " + std::to_string(srcWidth) + "x" + std::to_string(srcHeight) + " and " +
              std::to_string(dstWidth) + "x" + std::to_string(dstHeight));
  require(channels == 1 || channels == 2, "1 or 2 channels, received " + std::to_string(channels));
  require(field.rows >= 1 && field.cols >= 1 && field.width >= 1 && field.height >= 1 && field.homographies != nullptr,
          "a grid of at least 1x1 over a picture of at least 1x1");
}

void checkDepth(int bitDepth, int shift) {
  require(bitDepth >= 9 && shift >= 0 && bitDepth + shift <= 16, "9 to 16 significant bits within a 16-bit word, received " +
                                                                     std::to_string(bitDepth) + " bits shifted by " +
                                                                     std::to_string(shift));
}

Map mapFor(const WarpField& field, const Siting& s, double* storage) {
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
          storage,
          s.scaleX * perColumn,
          (s.offsetX + 0.5) * perColumn - 0.5,
          s.scaleY * perRow,
          (s.offsetY + 0.5) * perRow - 0.5};
}

}  // namespace gimbal::warping
