#pragma once

namespace gimbal::device {

struct Gradient {
  float x, y;
};

/// Scharr gradient (see scharr.hpp) at `here`, whose neighbours exist: at the plane's edge they are repeated samples.
__device__ inline Gradient scharrAt(const float* here, int pitch) {
  const float k3 = 3.0f / 32, k10 = 10.0f / 32;
  const float *a = here - pitch, *b = here + pitch;
  return {k3 * ((a[1] - a[-1]) + (b[1] - b[-1])) + k10 * (here[1] - here[-1]),
          k3 * ((b[-1] - a[-1]) + (b[1] - a[1])) + k10 * (b[0] - a[0])};
}

}  // namespace gimbal::device
