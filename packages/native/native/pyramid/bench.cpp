#include <cstdio>
#include <vector>

#include "../isa/isa.hpp"
#include "../measure/median.hpp"
#include "pyramid.hpp"

using namespace gimbal;

int main() {
  std::vector<float> src(1920 * 1080, 1.0f);
  std::vector<float> dst(960 * 540);
  const Isa best = activeIsa();
  std::printf("one level down, one thread, milliseconds (median of 51)\n");
  for (const Isa isa : {Isa::baseline, Isa::avx2}) {
    if (isa > best) continue;
    limitIsa(isa);
    for (const int w : {640, 1920}) {
      const int h = w * 9 / 16;
      std::printf("%-8s %dx%d  %.3f\n", isaName(isa), w, h,
                  medianMilliseconds([&] { pyramidDown({src.data(), w, h, w * 4}, {dst.data(), w / 2, h / 2, w * 2}, 1); }));
    }
  }
}
