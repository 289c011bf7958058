#pragma once
#include <cstring>

#include "lanes.hpp"

namespace gimbal::warping {
namespace {

/// One pixel at a time, on any machine.
struct ScalarLanes {
  using V = std::int32_t;
  /// No steady blocks: every block asks for itself.
  template <class S, int P, int N>
  static constexpr int longestSteady = 0;
  static constexpr int lanes = 1;

  static V set(std::int32_t x) { return x; }
  static V iota(int lane0) { return lane0; }
  static V load(const std::int32_t* p) { return *p; }
  static V add(V a, V b) { return a + b; }
  static V sub(V a, V b) { return a - b; }
  static V mul(V a, V b) { return a * b; }
  static V bitAnd(V a, V b) { return a & b; }
  static V bitOr(V a, V b) { return a | b; }
  static V bitXor(V a, V b) { return a ^ b; }
  static V least(V a, V b) { return a < b ? a : b; }
  static V most(V a, V b) { return a > b ? a : b; }
  template <int n>
  static V sra(V a) {
    return a >> n;
  }
  template <int n>
  static V srl(V a) {
    return static_cast<V>(static_cast<std::uint32_t>(a) >> n);
  }
  template <int n>
  static V sll(V a) {
    return static_cast<V>(static_cast<std::uint32_t>(a) << n);
  }
  static V sraBy(V a, int n) { return a >> n; }
  static V sllBy(V a, int n) { return static_cast<V>(static_cast<std::uint32_t>(a) << n); }
  static V srl16(V a, int n) {
    const auto word = static_cast<std::uint32_t>(a);
    return static_cast<V>((word >> 16 >> n) << 16 | (word & 0xffffu) >> n);
  }
  static std::int32_t low(V a) { return static_cast<std::int16_t>(a & 0xffff); }
  static std::int32_t high(V a) { return a >> 16; }
  static V madd(V a, V b) { return low(a) * low(b) + high(a) * high(b); }
  static V join(std::uint32_t lowHalf, std::uint32_t highHalf) { return static_cast<V>((lowHalf & 0xffffu) | highHalf << 16); }
  static V halves(V a, V b, int down) { return join(static_cast<std::uint32_t>(a >> down), static_cast<std::uint32_t>(b >> down)); }
  static V lowHalves(V a, V b) { return join(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)); }
  static V highHalves(V a, V b) { return join(static_cast<std::uint32_t>(a) >> 16, static_cast<std::uint32_t>(b) >> 16); }
  static V byte(V a, int i) { return a >> (8 * i) & 0xff; }
  static V bytes01(V a) { return byte(a, 0) | byte(a, 1) << 16; }
  static V bytes23(V a) { return byte(a, 2) | byte(a, 3) << 16; }
  static V bytes02(V a) { return byte(a, 0) | byte(a, 2) << 16; }
  static V bytes13(V a) { return byte(a, 1) | byte(a, 3) << 16; }
  static V gather(const unsigned char* base, V offset) {
    V word;
    std::memcpy(&word, base + offset, 4);
    return word;
  }
  static void prefetch(const unsigned char*) {}
  template <class T>
  static void store(V value, T* out) {
    const T narrow = static_cast<T>(value);
    std::memcpy(out, &narrow, sizeof(T));
  }

  template <class S, int P, int N>
  static constexpr int slack() {
    return GatherFetch<ScalarLanes, S, P, N>::slack;
  }

  template <class S, int P, int N, class Coordinates>
  static void block(const Job& job, const Box& box, const Coordinates& at, S* out) {
    for (int lane = 0; lane < 16; lane++) {
      const V x = at.template xs<ScalarLanes>(lane);
      const V y = at.template ys<ScalarLanes>(lane);
      laneKernel<ScalarLanes, S, P, N>(job, x, y, GatherFetch<ScalarLanes, S, P, N>(job, box, x, y), out + lane * P);
    }
  }
};

}  // namespace
}  // namespace gimbal::warping
