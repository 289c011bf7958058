#include "kernels.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include "job.hpp"

namespace gimbal::warping {
namespace {

/// Keys, "Cubic Convolution Interpolation for Digital Image Processing" (1981), a = -1/2.
double cubic(double x) {
  x = std::abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

double lanczos3(double x) {
  if (x == 0) return 1;
  if (std::abs(x) >= 3) return 0;
  const double a = std::numbers::pi * x;
  return 3 * std::sin(a) * std::sin(a / 3) / (a * a);
}

std::vector<std::int32_t> table(int taps, double (*kernel)(double)) {
  std::vector<std::int32_t> pairs;
  for (int phase = 0; phase <= phaseCount; phase++) {
    const double fraction = static_cast<double>(phase) / phaseCount;
    double weight[6];
    double sum = 0;
    for (int k = 0; k < taps; k++) sum += weight[k] = kernel(k - (taps / 2 - 1) - fraction);
    int rounded[6];
    int left = 16384;
    int heaviest = 0;
    for (int k = 0; k < taps; k++) {
      left -= rounded[k] = static_cast<int>(std::lround(weight[k] / sum * 16384));
      if (rounded[k] > rounded[heaviest]) heaviest = k;
    }
    rounded[heaviest] += left;  // flat areas stay flat
    for (int k = 0; k < taps; k += 2) {
      pairs.push_back(static_cast<std::int32_t>((static_cast<std::uint32_t>(rounded[k]) & 0xffffu) |
                                                static_cast<std::uint32_t>(rounded[k + 1]) << 16));
    }
  }
  return pairs;
}

}  // namespace

const std::int32_t* kernelWeights(Interpolation interpolation) {
  if (interpolation == Interpolation::bilinear) return nullptr;
  if (interpolation == Interpolation::bicubic) {
    static const std::vector<std::int32_t> weights = table(4, cubic);
    return weights.data();
  }
  static const std::vector<std::int32_t> weights = table(6, lanczos3);
  return weights.data();
}

}  // namespace gimbal::warping
