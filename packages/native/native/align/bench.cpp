#include <cstdio>

#include "../isa/isa.hpp"
#include "../measure/median.hpp"
#include "test-texture.hpp"

using namespace gimbal;

int main() {
  const Isa best = activeIsa();
  std::printf("milliseconds (median of 31), start 1.5 px off, a third of the picture moving by itself\n");
  for (const int width : {640, 1920}) {
    scene::Look look;
    look.movingArea = 0.3;
    scene::Look later = look;
    later.movingX = 7;
    const scene::Case c = scene::draw(width, width * 9 / 16, 3, look, later, 1.5);
    for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
      if (isa > best) continue;
      limitIsa(isa);
      for (const int threads : {1, 2}) {
        AlignSettings settings;
        settings.threads = threads;
        AlignFrame previous, current;
        AlignScratch scratch;
        const double prepare = medianMilliseconds([&] { prepareAlign(c.previous.luma(), settings, scratch, previous); }, 31);
        prepareAlign(c.current.luma(), settings, scratch, current);
        const double pair = medianMilliseconds([&] { align(previous, current, c.start, nullptr, unknownAlignTrust(), settings, scratch); }, 31);
        std::printf("%-8s %dx%d %d threads  a frame %.3f  a pair %.3f\n", isaName(isa), width, width * 9 / 16, threads, prepare, pair);
      }
    }
  }
}
