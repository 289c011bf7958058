// Sixteen floats at once in plain C++: what any compiler turns into the target's vectors. Every twin of it (lanes.avx2.hpp,
// lanes.avx512.hpp) gives the same bits. Unnamed namespace, no standard library: see resize/rows.hpp.
#pragma once
#include <cstdint>

namespace gimbal::alignment {
namespace {

struct PlainLanes {
  struct V {
    float v[16];
  };
  struct I {
    std::int32_t v[16];
  };

  template <class F>
  static V each(F f) {
    V r;
    for (int i = 0; i < 16; i++) r.v[i] = f(i);
    return r;
  }
  static V set(float x) {
    return each([&](int) { return x; });
  }
  static V load(const float* p) {
    return each([&](int i) { return p[i]; });
  }
  static void store(V a, float* p) {
    for (int i = 0; i < 16; i++) p[i] = a.v[i];
  }
  static V add(V a, V b) {
    return each([&](int i) { return a.v[i] + b.v[i]; });
  }
  static V sub(V a, V b) {
    return each([&](int i) { return a.v[i] - b.v[i]; });
  }
  static V mul(V a, V b) {
    return each([&](int i) { return a.v[i] * b.v[i]; });
  }
  static V div(V a, V b) {
    return each([&](int i) { return a.v[i] / b.v[i]; });
  }
  /// The second when either is not a number.
  static V least(V a, V b) {
    return each([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
  }
  static V most(V a, V b) {
    return each([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
  }
  /// `yes` where a >= b.
  static V where(V a, V b, V yes, V no) {
    return each([&](int i) { return a.v[i] >= b.v[i] ? yes.v[i] : no.v[i]; });
  }
  static I truncate(V a) {
    I r;
    for (int i = 0; i < 16; i++) r.v[i] = static_cast<std::int32_t>(a.v[i]);
    return r;
  }
  static V toFloat(I a) {
    return each([&](int i) { return static_cast<float>(a.v[i]); });
  }
  /// x + y * stride
  static I index(I x, I y, std::int32_t stride) {
    I r;
    for (int i = 0; i < 16; i++) r.v[i] = x.v[i] + y.v[i] * stride;
    return r;
  }
  static V gather(const float* base, I at) {
    return each([&](int i) { return base[at.v[i]]; });
  }
};

}  // namespace
}  // namespace gimbal::alignment
