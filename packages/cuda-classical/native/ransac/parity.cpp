// The oracle is the map that made the matches; outliers are strewn or move together as an object does.
#include "ransac.hpp"

#include <measure/expect.hpp>
#include <measure/random.hpp>
#include <string>

#include "../synthetic/synthetic.hpp"

using namespace gimbal;

namespace {

constexpr int kWidth = 640, kHeight = 360;

double gauss(Random& random) {
  double s = 0;
  for (int k = 0; k < 12; k++) s += random.real(-0.5, 0.5);
  return s;
}

std::vector<Match> matchesOf(Random& random, const Mat3& h, int count, double outliers, bool together, double sigma) {
  std::vector<Match> matches(count);
  for (int i = 0; i < count; i++) {
    Match& m = matches[i];
    m.x = static_cast<float>(random.real(0, kWidth - 1));
    m.y = static_cast<float>(random.real(0, kHeight - 1));
    const Point p = apply(h, m.x, m.y);
    m.u = static_cast<float>(p.x + sigma * gauss(random));
    m.v = static_cast<float>(p.y + sigma * gauss(random));
    if (i >= count * outliers) continue;
    m.u += static_cast<float>(together ? 14 + gauss(random) * 0.2 : random.real(-60, 60));
    m.v += static_cast<float>(together ? -9 + gauss(random) * 0.2 : random.real(-60, 60));
  }
  return matches;
}

}  // namespace

int main() {
  return runParity([](Expect& expect) {
    Random random(21);
    RansacScratch scratch;
    RansacOptions options;
    options.width = kWidth;
    options.height = kHeight;
    for (int i = 0; i < 40; i++) {
      const bool together = i % 2 == 1;
      const double outliers = together ? 0.4 : 0.6;
      const double p = i % 4 >= 2 ? 5e-5 : 0;
      const Mat3 h = synthetic::motion(kWidth, kHeight, random.real(-30, 30), random.real(-30, 30), random.real(-5, 5),
                                       random.real(0.93, 1.07), random.real(-p, p), random.real(-p, p));
      const std::vector<Match> matches = matchesOf(random, h, 300, outliers, together, 0.15);
      for (const Model model : {Model::homography, Model::similarity}) {
        if (model == Model::similarity && p > 0) continue;
        const RansacResult r = ransac(matches.data(), 300, model, options, scratch);
        const double error = synthetic::cornerError(r.h, h, kWidth, kHeight);
        const std::string name = "case " + std::to_string(i) + " model " + std::to_string(int(model));
        expect.that(r.found && error <= 0.25, name + ": corner error " + std::to_string(error));
        expect.that(r.inliers >= 300 * (1 - outliers) * 0.98, name + ": inliers " + std::to_string(r.inliers));
        const RansacResult again = ransac(matches.data(), 300, model, options, scratch);
        expect.that(again.h == r.h && again.iterations == r.iterations, name + ": the same seed gives another answer");
      }
    }
    // Weights decide between two motions of equal count: the spread-out background against the object.
    std::vector<Match> matches = matchesOf(random, kIdentity, 200, 0.5, true, 0.1);
    for (int i = 0; i < 100; i++) matches[i].weight = 0.4f;
    expect.that(synthetic::cornerError(ransac(matches.data(), 200, Model::homography, options, scratch).h, kIdentity, kWidth, kHeight) < 0.3,
                "the heavier half wins");
    // What cannot be: too few, all on one line, all in one place, a mirror image.
    expect.that(!ransac(matches.data(), 3, Model::homography, options, scratch).found, "three points make no homography");
    std::vector<Match> line(50), heap(50), mirror(50);
    for (int i = 0; i < 50; i++) {
      line[i] = {i * 10.0f, i * 5.0f, i * 10.0f, i * 5.0f, 1};
      heap[i] = {5, 5, 6, 6, 1};
      mirror[i] = {float(i * 37 % 640), float(i * 91 % 360), 639 - float(i * 37 % 640), float(i * 91 % 360), 1};
    }
    expect.that(!ransac(line.data(), 50, Model::homography, options, scratch).found, "points on a line make no homography");
    expect.that(!ransac(heap.data(), 50, Model::similarity, options, scratch).found, "one place makes no similarity");
    expect.that(!ransac(mirror.data(), 50, Model::homography, options, scratch).found, "a mirror image is no camera motion");
    expect.that(plausible(kIdentity, 1, 1) && plausible(kIdentity, kWidth, kHeight), "the identity is plausible");
    expect.that(!plausible({1, 0, 0, 0, 1, 0, -1.0 / 300, 0, 1}, kWidth, kHeight), "a horizon in the frame is not");
    expect.that(!plausible({2.5, 0, 0, 0, 2.5, 0, 0, 0, 1}, kWidth, kHeight), "nor is a zoom of 2.5");
  });
}
