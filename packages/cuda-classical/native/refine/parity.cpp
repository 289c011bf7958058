// The oracle is the map that made the matches, and the spread of the answers over many draws of the noise.
#include "refine.hpp"

#include <cmath>
#include <measure/expect.hpp>
#include <measure/random.hpp>
#include <string>
#include <vector>

#include "../synthetic/synthetic.hpp"

using namespace gimbal;

namespace {

constexpr int kWidth = 640, kHeight = 360;

double gauss(Random& random) {
  double s = 0;
  for (int k = 0; k < 12; k++) s += random.real(-0.5, 0.5);
  return s;
}

std::vector<WeightedMatch> matchesOf(Random& random, const Mat3& h, int count, double sigma, double outliers) {
  std::vector<WeightedMatch> matches(count);
  for (int i = 0; i < count; i++) {
    Match& m = matches[i].match;
    m.x = static_cast<float>(random.real(0, kWidth - 1));
    m.y = static_cast<float>(random.real(0, kHeight - 1));
    const Point p = apply(h, m.x, m.y);
    const bool stray = i < count * outliers;
    m.u = static_cast<float>(p.x + (stray ? random.real(-3, 3) : sigma * gauss(random)));
    m.v = static_cast<float>(p.y + (stray ? random.real(-3, 3) : sigma * gauss(random)));
    matches[i].info[0] = matches[i].info[2] = 1e4f;  // windows that know their place well
  }
  return matches;
}

/// How far from a similarity a map is: the largest of stretch, skew and perspective, as pixels at half the diagonal.
double shapeOf(const Mat3& h) {
  const double cx = (kWidth - 1) / 2.0, cy = (kHeight - 1) / 2.0, r = std::hypot(kWidth, kHeight) / 2;
  const Mat3 c = normalized(multiply(Mat3{1, 0, -cx, 0, 1, -cy, 0, 0, 1}, multiply(h, Mat3{1, 0, cx, 0, 1, cy, 0, 0, 1})));
  return std::max({std::fabs(c[0] - c[4]) / 2 * r, std::fabs(c[1] + c[3]) / 2 * r, std::fabs(c[6]) * r * r, std::fabs(c[7]) * r * r});
}

}  // namespace

int main() {
  return runParity([](Expect& expect) {
    Random random(8);
    RefineOptions options;
    options.width = kWidth;
    options.height = kHeight;
    const Mat3 truths[] = {synthetic::motion(kWidth, kHeight, 3, -2, 1, 1.01), synthetic::motion(kWidth, kHeight, -8, 5, -2, 0.98, 1e-5, -1e-5)};
    for (const Mat3& h : truths) {
      double squares = 0, promised = 0, worst = 0;
      const int draws = 60;
      for (int i = 0; i < draws; i++) {
        const std::vector<WeightedMatch> matches = matchesOf(random, h, 300, 0.2, 0.2);
        const Mat3 start = multiply(synthetic::motion(kWidth, kHeight, 0.8, -0.6, 0.1, 1.001), h);
        const RefineResult r = refine(matches.data(), 300, Model::homography, start, options);
        expect.that(r.ok, "an easy case");
        double most = 0;
        const double e = synthetic::cornerError(r.h, h, kWidth, kHeight, &most);
        squares += e * e / 2;  // per axis
        promised += r.cornerSigma * r.cornerSigma;
        worst = std::max(worst, most);
      }
      const double actual = std::sqrt(squares / draws), told = std::sqrt(promised / draws);
      expect.that(worst <= 0.25, "0.2 px noise, a fifth strays: worst corner error " + std::to_string(worst));
      expect.that(told > actual * 0.6 && told < actual * 2.5,
                  "the promised precision holds: " + std::to_string(told) + " against " + std::to_string(actual));
    }
    // Without noise the answer is exact up to the floats of the matches (and the prior, which a similarity does not feel).
    for (const Model model : {Model::translation, Model::similarity, Model::homography}) {
      const Mat3 h = model == Model::translation ? synthetic::motion(kWidth, kHeight, 2.5, -1.5, 0, 1) : synthetic::motion(kWidth, kHeight, 2.5, -1.5, 0.7, 1.01);
      const std::vector<WeightedMatch> matches = matchesOf(random, h, 100, 0, 0);
      const Mat3 start = multiply(Mat3{1, 0, 0.7, 0, 1, -0.4, 0, 0, 1}, h);
      const double e = synthetic::cornerError(refine(matches.data(), 100, model, start, options).h, h, kWidth, kHeight);
      expect.that(e < 1e-3, "exact matches, model " + std::to_string(int(model)) + ": " + std::to_string(e));
    }
    // Thin evidence in one corner must not bend the rest of the frame.
    double wobble = 0;
    for (int i = 0; i < 20; i++) {
      std::vector<WeightedMatch> matches = matchesOf(random, kIdentity, 24, 0, 0);
      for (WeightedMatch& m : matches) {
        m.match.x *= 0.25f;
        m.match.y *= 0.25f;
        m.match.u = m.match.x + static_cast<float>(0.4 * gauss(random));
        m.match.v = m.match.y + static_cast<float>(0.4 * gauss(random));
      }
      RefineOptions thin = options;
      const RefineResult r = refine(matches.data(), 24, Model::homography, kIdentity, thin);
      if (r.ok) wobble = std::max(wobble, shapeOf(r.h));
      expect.that(!r.ok || r.cornerSigma > 0.5, "thin evidence says so: " + std::to_string(r.cornerSigma));
    }
    expect.that(wobble < 6, "thin evidence bends the frame by at most " + std::to_string(wobble) + " px");
    expect.that(!refine(nullptr, 0, Model::homography, kIdentity, options).ok, "no matches, no answer");
  });
}
