#include "resize.hpp"

#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "../isa/isa.hpp"
#include "../parallel/parallel.hpp"
#include "rows.hpp"

namespace gimbal {
namespace {

template <class T>
void check(Plane<const T> src, Plane<float> dst) {
  if (dst.width >= 1 && dst.height >= 1 && dst.width <= src.width && dst.height <= src.height) return;
  const auto size = [](int width, int height) { return std::to_string(width) + "x" + std::to_string(height); };
  throw std::invalid_argument("resizeArea shrinks: the destination must have 1x1 to " + size(src.width, src.height) +
                              " samples, received " + size(dst.width, dst.height));
}

template <class T>
void resizeRows(Plane<const T> src, Plane<float> dst, float unit, int threads) {
  check(src, dst);
  const auto body = [&](int from, int to) {
    thread_local std::vector<float> scratch;  // grows to the widest row once
    if (scratch.size() < static_cast<std::size_t>(src.width)) scratch.resize(src.width);
    const resize::Rows<T> job{src, dst, unit, scratch.data()};
#if defined(GIMBAL_X86)
    if (activeIsa() >= Isa::avx2) return resize::rowsAvx2(job, from, to);
#endif
    resize::rows(job, from, to);
  };
  parallelFor(0, dst.height, 8, threads, std::cref(body));
}

}  // namespace

void resizeArea(Plane<const std::uint8_t> src, Plane<float> dst, int threads) { resizeRows(src, dst, 1.0f, threads); }

void resizeArea(Plane<const std::uint16_t> src, int bitDepth, int shift, Plane<float> dst, int threads) {
  if (bitDepth < 8 || shift < 0 || bitDepth + shift > 16) {
    throw std::invalid_argument("resizeArea expects 8 to 16 significant bits within a 16-bit word, received " +
                                std::to_string(bitDepth) + " bits shifted by " + std::to_string(shift));
  }
  resizeRows(src, dst, std::ldexp(1.0f, -(bitDepth - 8 + shift)), threads);
}

}  // namespace gimbal
