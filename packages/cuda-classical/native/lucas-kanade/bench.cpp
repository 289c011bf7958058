#include "lucas-kanade.hpp"

#include <cstdio>
#include <isa/isa.hpp>
#include <measure/median.hpp>

#include "../synthetic/synthetic.hpp"

using namespace gimbal;

int main() {
  PrepareScratch scratch;
  PreparedFrame a, b;
  const synthetic::SceneOptions scene;
  prepareFrame(synthetic::render(640, 360, kIdentity, false, 1, scene).luma(), 640, 400, 1, scratch, a);
  prepareFrame(synthetic::render(640, 360, synthetic::motion(640, 360, 5, -3, 0.5, 1.003), false, 2, scene).luma(), 640, 400, 1, scratch, b);
  std::vector<Track> tracks;
  for (const Corner& c : a.corners) {
    Track t;
    t.x = c.x + 0.5f;
    t.y = c.y + 0.5f;
    tracks.push_back(t);
  }
  const Isa best = activeIsa();
  std::printf("%d points of 640x360 there and back, four levels, one thread, milliseconds (median of 51)\n", static_cast<int>(tracks.size()));
  for (const Isa isa : {Isa::baseline, Isa::avx2}) {
    if (isa > best) continue;
    limitIsa(isa);
    std::printf("%-8s %.3f\n", isaName(isa), medianMilliseconds([&] {
                  trackPoints(a.pyramid, b.pyramid, &kIdentity, 1, {}, tracks.data(), static_cast<int>(tracks.size()), 1);
                }));
  }
}
