#include "refine.hpp"

#include <cstdio>
#include <measure/median.hpp>
#include <measure/random.hpp>
#include <vector>

#include "../synthetic/synthetic.hpp"

using namespace gimbal;

int main() {
  Random random(4);
  const Mat3 h = synthetic::motion(640, 360, 9, -4, 1, 1.01);
  std::vector<WeightedMatch> matches(400);
  for (WeightedMatch& m : matches) {
    m.match.x = static_cast<float>(random.real(0, 639));
    m.match.y = static_cast<float>(random.real(0, 359));
    const Point p = apply(h, m.match.x, m.match.y);
    m.match.u = static_cast<float>(p.x + random.real(-0.4, 0.4));
    m.match.v = static_cast<float>(p.y + random.real(-0.4, 0.4));
    m.info[0] = m.info[2] = 1e4f;
  }
  RefineOptions options;
  options.width = 640;
  options.height = 360;
  std::printf("400 matches, milliseconds (median of 51)\n");
  for (const Model model : {Model::translation, Model::similarity, Model::homography}) {
    std::printf("model %d: %.3f\n", static_cast<int>(model),
                medianMilliseconds([&] { refine(matches.data(), 400, model, h, options); }));
  }
}
