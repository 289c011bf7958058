#include "pyramid.hpp"

#include <functional>
#include <vector>

#include "../isa/isa.hpp"
#include "../parallel/parallel.hpp"
#include "check.hpp"
#include "rows.hpp"

namespace gimbal {

void pyramidDown(Plane<const float> src, Plane<float> dst, int threads) {
  pyramid::checkHalves(src, dst);
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
