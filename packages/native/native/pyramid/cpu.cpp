#include "pyramid.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "../isa/isa.hpp"
#include "../parallel/parallel.hpp"
#include "rows.hpp"

namespace gimbal {

void pyramidDown(Plane<const float> src, Plane<float> dst, int threads) {
  if (src.width < 1 || src.height < 1 || dst.width != (src.width + 1) / 2 || dst.height != (src.height + 1) / 2) {
    throw std::invalid_argument("pyramidDown halves, rounding up: " + std::to_string(src.width) + "x" +
                                std::to_string(src.height) + " cannot become " + std::to_string(dst.width) + "x" +
                                std::to_string(dst.height));
  }
  const auto body = [&](int from, int to) {
    thread_local std::vector<float> scratch;  // grows to the widest row once
    if (scratch.size() < static_cast<std::size_t>(src.width) + 4) scratch.resize(static_cast<std::size_t>(src.width) + 4);
#if defined(GIMBAL_X86)
    if (activeIsa() >= Isa::avx2) return pyramid::rowsAvx2(src, dst, from, to, scratch.data());
#endif
    pyramid::rows(src, dst, from, to, scratch.data());
  };
  parallelFor(0, dst.height, 8, threads, std::cref(body));
}

}  // namespace gimbal
