#include "shi-tomasi.hpp"

#include <cstdio>
#include <isa/isa.hpp>
#include <measure/median.hpp>
#include <vector>

#include "../scharr/scharr.hpp"
#include "../synthetic/synthetic.hpp"

using namespace gimbal;

int main() {
  const int w = 640, h = 360;
  std::vector<float> luma(w * h), dx(luma), dy(luma), strength(luma);
  for (int i = 0; i < w * h; i++) luma[i] = static_cast<float>(synthetic::texture(i % w, i / w, 7));
  const auto plane = [&](std::vector<float>& v) { return Plane<float>{v.data(), w, h, w * 4}; };
  scharr(plane(luma), plane(dx), plane(dy));
  CornerScratch scratch;
  std::vector<Corner> corners;
  const Isa best = activeIsa();
  std::printf("corners of 640x360, one thread, milliseconds (median of 51)\n");
  for (const Isa isa : {Isa::baseline, Isa::avx2}) {
    if (isa > best) continue;
    limitIsa(isa);
    std::printf("%-8s strength  %.3f\n", isaName(isa),
                medianMilliseconds([&] { cornerStrength(plane(dx), plane(dy), plane(strength), scratch); }));
  }
  std::printf("%-8s selection %.3f\n", "", medianMilliseconds([&] { selectCorners(plane(strength), {}, scratch, corners); }));
}
