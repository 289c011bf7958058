#include "ransac.hpp"

#include <cstdio>
#include <measure/median.hpp>
#include <measure/random.hpp>

#include "../synthetic/synthetic.hpp"

using namespace gimbal;

int main() {
  Random random(4);
  const Mat3 h = synthetic::motion(640, 360, 9, -4, 1, 1.01);
  RansacOptions options;
  options.width = 640;
  options.height = 360;
  RansacScratch scratch;
  std::printf("400 matches, milliseconds (median of 51)\n");
  for (const double outliers : {0.1, 0.3, 0.6}) {
    std::vector<Match> matches(400);
    for (int i = 0; i < 400; i++) {
      Match& m = matches[i];
      m.x = static_cast<float>(random.real(0, 639));
      m.y = static_cast<float>(random.real(0, 359));
      const Point p = apply(h, m.x, m.y);
      const bool stray = i < 400 * outliers;
      m.u = static_cast<float>(p.x + (stray ? random.real(-40, 40) : random.real(-0.3, 0.3)));
      m.v = static_cast<float>(p.y + (stray ? random.real(-40, 40) : random.real(-0.3, 0.3)));
    }
    for (const Model model : {Model::similarity, Model::homography}) {
      RansacResult r;
      const double ms = medianMilliseconds([&] { r = ransac(matches.data(), 400, model, options, scratch); });
      std::printf("%-10s %2.0f %% outliers: %.3f (%d samples)\n", model == Model::similarity ? "similarity" : "homography", outliers * 100, ms, r.iterations);
    }
  }
}
