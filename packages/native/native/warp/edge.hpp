// Pixels whose kernel may reach over the border of the source: one at a time, every tap's place checked.
#pragma once
#include "../plane/host-device.hpp"
#include "job.hpp"

namespace gimbal::warping {
namespace {

/// The sample number to read for `i` along an axis of `n`, or -1 for the fill.
GIMBAL_HOST_DEVICE inline int borderIndex(int i, int n, int border) {
  if (i >= 0 && i < n) return i;
  if (border == 0) return -1;
  if (border == 1) return i < 0 ? 0 : n - 1;
  if (n == 1) return 0;
  const int period = 2 * (n - 1);
  i %= period;
  if (i < 0) i += period;
  return i < n ? i : period - i;
}

GIMBAL_HOST_DEVICE inline int clampTo(int x, int most) { return x < 0 ? 0 : (x > most ? most : x); }

/// 14-bit weights of the kernel's taps for the 16-bit fraction of a coordinate; they sum to 2^14.
GIMBAL_HOST_DEVICE inline void tapWeights(const Job& job, std::int32_t coordinate, int* weight) {
  const int fraction = coordinate & 0xffff;
  if (job.taps == 2) {
    weight[1] = fraction >> 2;
    weight[0] = 16384 - weight[1];
    return;
  }
  const int phase = (fraction + (1 << (15 - phaseBits))) >> (16 - phaseBits);
  const std::int32_t* pairs = job.weights + phase * (job.taps / 2);
  for (int k = 0; k < job.taps / 2; k++) {
    weight[2 * k] = static_cast<std::int16_t>(pairs[k] & 0xffff);
    weight[2 * k + 1] = static_cast<std::int16_t>(pairs[k] >> 16);
  }
}

/// The same integer arithmetic as lanes.hpp: samples centred on zero, 14-bit weights, a 16-bit intermediate after the columns.
template <class S>
GIMBAL_HOST_DEVICE void edgePixel(const Job& job, int channels, std::int32_t x, std::int32_t y, S* out) {
  int wx[6];
  int wy[6];
  int column[6];
  tapWeights(job, x, wx);
  tapWeights(job, y, wy);
  const int reach = job.taps / 2 - 1;
  for (int k = 0; k < job.taps; k++) column[k] = borderIndex((x >> 16) - reach + k, job.srcWidth, job.border);
  const int centre = 1 << (job.bits - 1);
  const int columnDown = job.bits + 14 - intermediateBits(job.taps);
  const int down = 14 + intermediateBits(job.taps) - job.bits;
  for (int channel = 0; channel < channels; channel++) {
    std::int32_t total = 0;
    for (int j = 0; j < job.taps; j++) {
      const int row = borderIndex((y >> 16) - reach + j, job.srcHeight, job.border);
      const S* line = reinterpret_cast<const S*>(job.src + (row < 0 ? 0 : row) * job.srcStride);
      std::int32_t sum = 1 << (columnDown - 1);
      for (int k = 0; k < job.taps; k++) {
        const int sample = row < 0 || column[k] < 0 ? job.fill : line[column[k] * channels + channel] >> job.shift;
        sum += (sample - centre) * wx[k];
      }
      total += (sum >> columnDown) * wy[j];
    }
    const int value = ((total + (1 << (down - 1))) >> down) + centre;
    out[channel] = static_cast<S>(clampTo(value, (1 << job.bits) - 1) << job.shift);
  }
}

}  // namespace
}  // namespace gimbal::warping
