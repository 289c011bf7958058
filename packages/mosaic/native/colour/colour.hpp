#pragma once
#include <cstdint>
#include <cstring>

#include <plane/host-device.hpp>

namespace gimbal::mosaic {

constexpr int kLinearSteps = 4095;

/// How samples of a picture become light. Made once (colourOf); small enough to hand to a kernel by value but for the table.
struct Colour {
  float lumaOffset, lumaScale;      // (sample - offset) * scale: 0 to 1
  float chromaOffset, chromaScale;  // -0.5 to 0.5
  float redFromCr, greenFromCb, greenFromCr, blueFromCb;
  float cone[9];        // linear RGB of these primaries to the cone responses of Oklab, row-major
  const float* linear;  // kLinearSteps + 1 values: light by coded value, 1 is diffuse white
};

/// A colour in Oklab (Ottosson 2020): lightness 0 to 1, a and b about -0.4 to 0.4.
struct Oklab {
  float l, a, b;
};

/// Two steps of Halley from a start by the exponent: six digits, and the same bits wherever division and multiplication are IEEE's.
GIMBAL_HOST_DEVICE inline float cubeRoot(float x) {
  std::uint32_t bits;
  memcpy(&bits, &x, 4);
  bits = bits / 3 + 709921077u;
  float y;
  memcpy(&y, &bits, 4);
  for (int step = 0; step < 2; step++) {
    const float cube = y * y * y;
    y = y * (cube + 2.0f * x) / (2.0f * cube + x);
  }
  return y;
}

GIMBAL_HOST_DEVICE inline float clampedToOne(float x) { return x < 0.0f ? 0.0f : (x > 1.0f ? 1.0f : x); }

/// Light of a coded value, 0 to 1.
GIMBAL_HOST_DEVICE inline float light(const float* linear, float coded) {
  return linear[static_cast<int>(clampedToOne(coded) * static_cast<float>(kLinearSteps) + 0.5f)];
}

GIMBAL_HOST_DEVICE inline Oklab oklabOfLight(const float* cone, float red, float green, float blue) {
  // A little light keeps the root's first step away from zero.
  const float l = cubeRoot(cone[0] * red + cone[1] * green + cone[2] * blue + 1e-9f);
  const float m = cubeRoot(cone[3] * red + cone[4] * green + cone[5] * blue + 1e-9f);
  const float s = cubeRoot(cone[6] * red + cone[7] * green + cone[8] * blue + 1e-9f);
  return {0.2104542553f * l + 0.7936177850f * m - 0.0040720468f * s, 1.9779984951f * l - 2.4285922050f * m + 0.4505937099f * s,
          0.0259040371f * l + 0.7827717662f * m - 0.8086757660f * s};
}

/// Of coded red, green and blue.
GIMBAL_HOST_DEVICE inline Oklab oklabOfRgb(const Colour& with, float red, float green, float blue) {
  return oklabOfLight(with.cone, light(with.linear, red), light(with.linear, green), light(with.linear, blue));
}

/// Of samples as they lie in the planes.
GIMBAL_HOST_DEVICE inline Oklab oklabOfSamples(const Colour& with, float luma, float cb, float cr) {
  const float y = (luma - with.lumaOffset) * with.lumaScale;
  const float u = (cb - with.chromaOffset) * with.chromaScale;
  const float v = (cr - with.chromaOffset) * with.chromaScale;
  return oklabOfRgb(with, y + with.redFromCr * v, y + with.greenFromCb * u + with.greenFromCr * v, y + with.blueFromCb * u);
}

/// What tags say of a picture: numbers of ITU-T H.273.
struct ColourTags {
  int primaries = 1;
  int transfer = 1;
  int matrix = 1;
  bool fullRange = false;
  int bitDepth = 8;
};

/// A Colour and the table that it points to.
struct ColourTable {
  Colour colour;
  float linear[kLinearSteps + 1];
};

/// Fills a table. Transfers: PQ (16) and HLG (18, as a display of 1,000 cd/m² shows it) relative to diffuse white at 203 cd/m² and clipped
/// there, linear (8), sRGB (13), otherwise that of displays for BT.709 and BT.601, which is taken as sRGB's. Matrices: BT.601 (5, 6), 240M
/// (7), BT.2020 (9), FCC (4), otherwise BT.709. Primaries: BT.2020 (9), P3 (11, 12), otherwise BT.709's.
void colourOf(const ColourTags& tags, ColourTable& out);

/// Coded luma, Cb and Cr (0 to 1, -0.5 to 0.5) of an sRGB colour in a stream with these tags: SDR white is diffuse white.
void codedOfSrgb(const ColourTags& tags, const float rgb[3], float out[3]);

/// Coded sRGB (0 to 1) of samples in a stream with these tags.
void srgbOfSamples(const ColourTags& tags, const Colour& colour, float luma, float cb, float cr, float rgb[3]);

}  // namespace gimbal::mosaic
