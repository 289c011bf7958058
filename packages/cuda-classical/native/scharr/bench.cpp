#include "scharr.hpp"

#include <cstdio>
#include <isa/isa.hpp>
#include <measure/median.hpp>
#include <vector>

using namespace gimbal;

int main() {
  std::vector<float> src(640 * 360, 1.0f), dx(src), dy(src);
  const Isa best = activeIsa();
  std::printf("gradients of 640x360, one thread, milliseconds (median of 51)\n");
  for (const Isa isa : {Isa::baseline, Isa::avx2}) {
    if (isa > best) continue;
    limitIsa(isa);
    std::printf("%-8s %.3f\n", isaName(isa), medianMilliseconds([&] {
                  scharr({src.data(), 640, 360, 2560}, {dx.data(), 640, 360, 2560}, {dy.data(), 640, 360, 2560});
                }));
  }
}
