#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <resize/resize.hpp>
#include <vector>

#include "../registration/registration.hpp"
#include "../scharr/scharr.hpp"
#include "../synthetic/synthetic.hpp"
#include "estimate.hpp"

// Milliseconds of every stage of a 1920x1080 pair on one thread: median of many.
using namespace gimbal;

namespace {

double median(int runs, const std::function<void()>& body) {
  std::vector<double> times;
  for (int i = 0; i < runs + 3; i++) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (i >= 3) times.push_back(ms);
  }
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  return times[times.size() / 2];
}

void report(const char* stage, double ms) { std::printf("%-44s %8.3f ms\n", stage, ms); }

}  // namespace

int main() {
  const int runs = 60;
  synthetic::SceneOptions o;
  o.detail = 3;
  o.movingArea = 0.3;
  o.movingX = 20;
  const Mat3 h = synthetic::motion(1920, 1080, 14, -9, 0.5, 1.004);
  const synthetic::Image first = synthetic::render(1920, 1080, kIdentity, false, 1, o);
  const synthetic::Image second = synthetic::render(1920, 1080, h, true, 2, o);
  PrepareScratch scratch;
  EstimateScratch estimating;
  PreparedFrame a, b;
  prepareFrame(first.luma(), 640, 400, 1, scratch, a);
  prepareFrame(second.luma(), 640, 400, 1, scratch, b);

  std::vector<float> buffer(640 * 360 + 16), bx(buffer), by(buffer), bs(buffer);
  const auto plane = [](std::vector<float>& v) { return Plane<float>{v.data(), 640, 360, 640 * 4}; };
  const Luma luma = second.luma();
  const Plane<const std::uint8_t> source{static_cast<const std::uint8_t*>(luma.data), 1920, 1080, 1920};
  report("resize 1920x1080 -> 640x360", median(runs, [&] { resizeArea(source, plane(buffer), 1); }));
  report("pyramid and padding", median(runs, [&] { b.pyramid.build(1); }));
  report("scharr", median(runs, [&] { scharr(b.pyramid.level(0), plane(bx), plane(by)); }));
  report("corner strength", median(runs, [&] { cornerStrength(plane(bx), plane(by), plane(bs), scratch.corners); }));
  std::vector<Corner> corners;
  report("corner selection", median(runs, [&] { selectCorners(plane(bs), {}, scratch.corners, corners); }));
  const double preparing = median(runs, [&] { prepareFrame(luma, 640, 400, 1, scratch, b); });
  report("= prepare a frame", preparing);
  report("difference in place", median(runs, [&] { frameDifference(a, b); }));
  report("thumbnail alignment (uncertain pairs only)", median(runs, [&] { alignThumbnails(a, b, Region::whole); }));
  std::vector<Track> tracks;
  for (const Corner& c : a.corners) {
    Track t;
    t.x = c.x + 0.5f;
    t.y = c.y + 0.5f;
    tracks.push_back(t);
  }
  report("track 400 points there and back", median(runs, [&] {
           trackPoints(a.pyramid, b.pyramid, &kIdentity, 1, {}, tracks.data(), static_cast<int>(tracks.size()), 1);
         }));
  Estimate e;
  const double estimating1 = median(runs, [&] { e = estimatePair(a, b, nullptr, {}, estimating); });
  report("= estimate a pair", estimating1);
  report("whole, per frame", preparing + estimating1);
  std::printf("%d tracked, %d inliers, corner error %.4f px of 1920x1080\n", e.tracked, e.inliers,
              synthetic::cornerError(e.h, h, 1920, 1080));
}
