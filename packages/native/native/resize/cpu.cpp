#include "resize.hpp"

#include <functional>
#include <vector>

#include "../isa/isa.hpp"
#include "../parallel/parallel.hpp"
#include "check.hpp"
#include "rows.hpp"

namespace gimbal {
namespace {

template <class T>
void resizeRows(Plane<const T> src, Plane<float> dst, float unit, int threads) {
  resize::checkShrinks(src.width, src.height, dst.width, dst.height);
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
  resizeRows(src, dst, resize::wordUnit(bitDepth, shift), threads);
}

}  // namespace gimbal
