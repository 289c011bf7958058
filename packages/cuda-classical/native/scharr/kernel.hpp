#include <plane/plane.hpp>

// Included once per instruction set, after the matching Float8.
namespace {

/// Scharr rows [from, to) of a plane; `above`, `here` and `below` repeat the edge row at the plane's ends.
inline void scharrPlane(gimbal::Plane<const float> src, gimbal::Plane<float> dx, gimbal::Plane<float> dy) {
  const int w = src.width, h = src.height;
  const float k3 = 3.0f / 32, k10 = 10.0f / 32;
  for (int y = 0; y < h; y++) {
    const float* a = src.row(y > 0 ? y - 1 : 0);
    const float* m = src.row(y);
    const float* b = src.row(y < h - 1 ? y + 1 : h - 1);
    float* ox = dx.row(y);
    float* oy = dy.row(y);
    const auto at = [&](int x) {
      const int l = x > 0 ? x - 1 : 0, r = x < w - 1 ? x + 1 : w - 1;
      ox[x] = k3 * ((a[r] - a[l]) + (b[r] - b[l])) + k10 * (m[r] - m[l]);
      oy[x] = k3 * ((b[l] - a[l]) + (b[r] - a[r])) + k10 * (b[x] - a[x]);
    };
    at(0);
    int x = 1;
    const Float8 c3 = set8(k3), c10 = set8(k10);
    for (; x + 9 <= w; x += 8) {
      const Float8 al = load8(a + x - 1), ar = load8(a + x + 1), bl = load8(b + x - 1), br = load8(b + x + 1);
      const Float8 gx = add8(sub8(ar, al), sub8(br, bl));
      const Float8 gy = add8(sub8(bl, al), sub8(br, ar));
      store8(ox + x, mulAdd8(c3, gx, mul8(c10, sub8(load8(m + x + 1), load8(m + x - 1)))));
      store8(oy + x, mulAdd8(c3, gy, mul8(c10, sub8(load8(b + x), load8(a + x)))));
    }
    for (; x < w; x++) at(x);
  }
}

}  // namespace
