// The inner loops of pyramidDown, compiled once per instruction set (see resize/rows.hpp for the rules).
#pragma once
#include "../plane/host-device.hpp"
#include "../plane/plane.hpp"

namespace gimbal::pyramid {

/// Destination rows [from, to). `scratch` holds `src.width + 4` floats: a filtered row with its two mirrored samples on each side.
void rowsAvx2(Plane<const float> src, Plane<float> dst, int from, int to, float* scratch);

namespace {

/// BORDER_REFLECT_101: ... 2 1 | 0 1 2 ... n-1 | n-2 n-3 ...
GIMBAL_HOST_DEVICE inline int mirrored(int i, int n) {
  if (n == 1) return 0;
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
  return i;
}

inline void rows(Plane<const float> src, Plane<float> dst, int from, int to, float* scratch) {
  const int width = src.width;
  float* __restrict line = scratch + 2;
  for (int y = from; y < to; y++) {
    const float* a = src.row(mirrored(2 * y - 2, src.height));
    const float* b = src.row(mirrored(2 * y - 1, src.height));
    const float* c = src.row(2 * y);
    const float* d = src.row(mirrored(2 * y + 1, src.height));
    const float* e = src.row(mirrored(2 * y + 2, src.height));
    for (int x = 0; x < width; x++) line[x] = (a[x] + e[x]) + 4.0f * (b[x] + d[x]) + 6.0f * c[x];
    line[-2] = line[mirrored(-2, width)];
    line[-1] = line[mirrored(-1, width)];
    const float right = line[mirrored(width, width)];
    const float farRight = line[mirrored(width + 1, width)];
    line[width] = right;
    line[width + 1] = farRight;
    float* __restrict out = dst.row(y);
    const float* in = scratch;
    for (int x = 0; x < dst.width; x++) {
      const float* p = in + 2 * x;
      out[x] = ((p[0] + p[4]) + 4.0f * (p[1] + p[3]) + 6.0f * p[2]) * (1.0f / 256.0f);
    }
  }
}

}  // namespace
}  // namespace gimbal::pyramid
