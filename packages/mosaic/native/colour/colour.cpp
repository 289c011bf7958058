#include "colour.hpp"

#include <algorithm>
#include <cmath>

namespace gimbal::mosaic {
namespace {

constexpr double kWhite = 203;  // cd/m² of diffuse white in HDR (ITU-R BT.2408)

struct Luma {
  double red, blue;
};

Luma lumaOf(int matrix) {
  switch (matrix) {
    case 4: return {0.30, 0.11};
    case 5:
    case 6: return {0.299, 0.114};
    case 7: return {0.212, 0.087};
    case 9:
    case 10: return {0.2627, 0.0593};
    default: return {0.2126, 0.0722};
  }
}

bool isPq(int transfer) { return transfer == 16; }
bool isHlg(int transfer) { return transfer == 18; }

double srgbLight(double x) { return x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4); }
double srgbCode(double x) { return x <= 0.0031308 ? x * 12.92 : 1.055 * std::pow(x, 1 / 2.4) - 0.055; }

constexpr double kM1 = 2610.0 / 16384, kM2 = 2523.0 / 4096 * 128, kC1 = 3424.0 / 4096, kC2 = 2413.0 / 4096 * 32, kC3 = 2392.0 / 4096 * 32;
constexpr double kHlgA = 0.17883277, kHlgB = 0.28466892, kHlgC = 0.55991073;

double lightOf(int transfer, double x) {
  if (isPq(transfer)) {
    const double p = std::pow(x, 1 / kM2);
    return 10000 * std::pow(std::max(p - kC1, 0.0) / (kC2 - kC3 * p), 1 / kM1) / kWhite;
  }
  if (isHlg(transfer)) {
    const double scene = x <= 0.5 ? x * x / 3 : (std::exp((x - kHlgC) / kHlgA) + kHlgB) / 12;
    return 1000 * std::pow(scene, 1.2) / kWhite;
  }
  return transfer == 8 ? x : srgbLight(x);
}

double codeOf(int transfer, double light) {
  if (isPq(transfer)) {
    const double y = std::pow(light * kWhite / 10000, kM1);
    return std::pow((kC1 + kC2 * y) / (1 + kC3 * y), kM2);
  }
  if (isHlg(transfer)) {
    const double scene = std::pow(light * kWhite / 1000, 1 / 1.2);
    return scene <= 1.0 / 12 ? std::sqrt(3 * scene) : kHlgA * std::log(12 * scene - kHlgB) + kHlgC;
  }
  return transfer == 8 ? light : srgbCode(light);
}

/// Linear RGB of the primaries to linear BT.709, row-major.
void to709(int primaries, double out[9]) {
  static constexpr double k2020[9] = {1.660491, -0.587641, -0.072850, -0.124550, 1.132900, -0.008349, -0.018151, -0.100579, 1.118730};
  static constexpr double kP3[9] = {1.224940, -0.224940, 0, -0.042057, 1.042057, 0, -0.019638, -0.078636, 1.098274};
  static constexpr double kSame[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  std::copy_n(primaries == 9 ? k2020 : (primaries == 11 || primaries == 12 ? kP3 : kSame), 9, out);
}

/// Linear BT.709 to linear RGB of the primaries.
void from709(int primaries, double out[9]) {
  static constexpr double k2020[9] = {0.627404, 0.329283, 0.043313, 0.069097, 0.919540, 0.011362, 0.016391, 0.088013, 0.895595};
  static constexpr double kP3[9] = {0.822462, 0.177538, 0, 0.033194, 0.966806, 0, 0.017083, 0.072397, 0.910520};
  static constexpr double kSame[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  std::copy_n(primaries == 9 ? k2020 : (primaries == 11 || primaries == 12 ? kP3 : kSame), 9, out);
}

bool ordinary(const ColourTags& tags) { return !isPq(tags.transfer) && !isHlg(tags.transfer) && tags.transfer != 8 && tags.primaries != 9 && tags.primaries != 11 && tags.primaries != 12; }

}  // namespace

void colourOf(const ColourTags& tags, ColourTable& out) {
  const double unit = std::ldexp(1.0, tags.bitDepth - 8);
  const double top = std::ldexp(1.0, tags.bitDepth) - 1;
  Colour& c = out.colour;
  c.lumaOffset = static_cast<float>(tags.fullRange ? 0 : 16 * unit);
  c.lumaScale = static_cast<float>(tags.fullRange ? 1 / top : 1 / (219 * unit));
  c.chromaOffset = static_cast<float>(128 * unit);
  c.chromaScale = static_cast<float>(tags.fullRange ? 1 / top : 1 / (224 * unit));
  const auto [kr, kb] = lumaOf(tags.matrix);
  const double kg = 1 - kr - kb;
  c.redFromCr = static_cast<float>(2 * (1 - kr));
  c.blueFromCb = static_cast<float>(2 * (1 - kb));
  c.greenFromCr = static_cast<float>(-2 * (1 - kr) * kr / kg);
  c.greenFromCb = static_cast<float>(-2 * (1 - kb) * kb / kg);
  static constexpr double kCone[9] = {0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451,
                                      0.1073969566, 0.0883024619, 0.2817188376, 0.6299787005};
  double primaries[9];
  to709(tags.primaries, primaries);
  for (int r = 0; r < 3; r++) {
    for (int k = 0; k < 3; k++) {
      double sum = 0;
      for (int i = 0; i < 3; i++) sum += kCone[3 * r + i] * primaries[3 * i + k];
      c.cone[3 * r + k] = static_cast<float>(std::max(sum, 0.0));
    }
  }
  for (int i = 0; i <= kLinearSteps; i++) {
    out.linear[i] = static_cast<float>(std::clamp(lightOf(tags.transfer, static_cast<double>(i) / kLinearSteps), 0.0, 1.0));
  }
  c.linear = out.linear;
}

void codedOfSrgb(const ColourTags& tags, const float rgb[3], float out[3]) {
  double coded[3] = {rgb[0], rgb[1], rgb[2]};
  if (!ordinary(tags)) {
    double primaries[9];
    from709(tags.primaries, primaries);
    const double light[3] = {srgbLight(rgb[0]), srgbLight(rgb[1]), srgbLight(rgb[2])};
    for (int r = 0; r < 3; r++) {
      const double sum = primaries[3 * r] * light[0] + primaries[3 * r + 1] * light[1] + primaries[3 * r + 2] * light[2];
      coded[r] = codeOf(tags.transfer, std::clamp(sum, 0.0, 1.0));
    }
  }
  const auto [kr, kb] = lumaOf(tags.matrix);
  const double luma = kr * coded[0] + (1 - kr - kb) * coded[1] + kb * coded[2];
  out[0] = static_cast<float>(luma);
  out[1] = static_cast<float>((coded[2] - luma) / (2 * (1 - kb)));
  out[2] = static_cast<float>((coded[0] - luma) / (2 * (1 - kr)));
}

void srgbOfSamples(const ColourTags& tags, const Colour& c, float luma, float cb, float cr, float rgb[3]) {
  const float y = (luma - c.lumaOffset) * c.lumaScale;
  const float u = (cb - c.chromaOffset) * c.chromaScale;
  const float v = (cr - c.chromaOffset) * c.chromaScale;
  const float coded[3] = {clampedToOne(y + c.redFromCr * v), clampedToOne(y + c.greenFromCb * u + c.greenFromCr * v),
                          clampedToOne(y + c.blueFromCb * u)};
  if (ordinary(tags)) {
    std::copy_n(coded, 3, rgb);
    return;
  }
  double primaries[9];
  to709(tags.primaries, primaries);
  for (int r = 0; r < 3; r++) {
    double sum = 0;
    for (int k = 0; k < 3; k++) sum += primaries[3 * r + k] * light(c.linear, coded[k]);
    rgb[r] = static_cast<float>(srgbCode(std::clamp(sum, 0.0, 1.0)));
  }
}

}  // namespace gimbal::mosaic
