// Known motions of a procedural texture (scene.hpp) at 640x360, the start 1.5 px off at every corner, and a dense float64
// Gauss-Newton (oracle.hpp) on small pictures. Tolerances are mean corner errors in pixels.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

#include "../isa/isa.hpp"
#include "../measure/expect.hpp"
#include "../projective/mat3.hpp"
#include "align.hpp"
#include "oracle.hpp"
#include "test-texture.hpp"

using namespace gimbal;
using namespace gimbal::scene;

namespace {

struct Aligned {
  AlignResult result;
  AlignFrame previous, current;
};

Aligned run(const Case& c, const AlignSettings& settings = {}, const AlignWeights* weights = nullptr) {
  Aligned out;
  AlignScratch scratch;
  prepareAlign(c.previous.luma(), settings, scratch, out.previous);
  prepareAlign(c.current.luma(), settings, scratch, out.current);
  out.result = align(out.previous, out.current, c.start, weights, unknownAlignTrust(), settings, scratch);
  return out;
}

struct Kind {
  const char* name;
  double tolerance;  // of the mean over the cases
  std::function<void(Look&, Look&, Random&)> change;
};

void knownMotions(Expect& expect) {
  const auto mover = [](Look& a, Look& b, Random& random) {
    a.movingArea = b.movingArea = 0.3;
    b.movingX = random.real(-10, 10);
    b.movingY = random.real(-10, 10);
  };
  const Kind kinds[] = {
      {"clean", 0.01, [](Look& a, Look& b, Random&) { a.noise = b.noise = 0; }},
      {"noise 1.5", 0.02, [](Look&, Look&, Random&) {}},
      {"30 % moving", 0.03, mover},
      {"gain and offset", 0.03, [](Look&, Look& b, Random& r) { b.gain = r.real(0.75, 1.3), b.offset = r.real(-15, 15); }},
      {"shadow", 0.05, [](Look&, Look& b, Random&) { b.shade = 40; }},
      {"motion blur 6 px, crossed", 0.08, [](Look& a, Look& b, Random&) { a.blur = b.blur = 6, b.blurAngle = 1.5; }},
      {"noise 8", 0.05, [](Look& a, Look& b, Random&) { a.noise = b.noise = 8; }},
      {"low light", 0.12, [](Look& a, Look& b, Random&) { a.gain = b.gain = 0.12, a.noise = b.noise = 2.5; }},
      {"moving, gain, noise 5", 0.05,
       [&](Look& a, Look& b, Random& r) {
         mover(a, b, r);
         b.gain = r.real(0.75, 1.3);
         a.noise = b.noise = 5;
       }},
  };
  for (const Kind& kind : kinds) {
    constexpr int cases = 2;
    double error = 0, worst = 0, sigma = 0;
    bool converged = true;
    for (int i = 0; i < cases; i++) {
      Look before, after;
      Random random(40 + i);
      before.seed = after.seed = 300 + i;
      kind.change(before, after, random);
      const Case c = draw(640, 360, 20 + i, before, after, 1.5);
      const AlignResult result = run(c).result;
      const double e = cornerError(result.h, c.truth, 640, 360);
      error += e / cases;
      worst = std::max(worst, e);
      sigma += result.cornerSigma / cases;
      converged = converged && result.converged;
    }
    std::printf("%-26s corner error mean %.4f worst %.4f px, expected sigma %.4f\n", kind.name, error, worst, sigma);
    expect.that(converged && error <= kind.tolerance, std::string(kind.name) + ": mean corner error " + std::to_string(error));
    // Per axis and root mean square against a mean distance: sigma tells the error to within a factor of three.
    expect.that(sigma > error / 4 && sigma < error * 2, std::string(kind.name) + ": sigma " + std::to_string(sigma));
  }
}

void swappedFrames(Expect& expect) {
  double apart = 0;
  for (int i = 0; i < 4; i++) {
    Look look;
    look.seed = 500 + i;
    look.noise = 8;
    Case c = draw(640, 360, 70 + i, look, look, 1);
    const Map there = run(c).result.h;
    std::swap(c.previous, c.current);
    c.start = inverse(c.start);
    apart += cornerError(inverse(run(c).result.h), there, 640, 360) / 4;
  }
  std::printf("swapped frames, noise 8    there and back %.4f px\n", apart);
  expect.that(apart < 0.004, "swapped frames give another motion, by " + std::to_string(apart));
}

void againstOracle(Expect& expect) {
  for (int i = 0; i < 4; i++) {
    Look look;
    look.seed = 800 + i;
    Look later = look;
    later.gain = 1.1;
    later.offset = -8;
    const Case c = draw(200, 150, 60 + i, look, later, 0.7, 0.25);
    const Map oracle = DenseOracle(c.previous, c.current).refine(c.start, 12);
    const Aligned out = run(c);
    const double apart = cornerError(out.result.h, oracle, 200, 150);
    const double off = cornerError(oracle, c.truth, 200, 150);
    expect.that(off < 0.05, "the oracle itself is off by " + std::to_string(off));
    expect.that(out.result.converged && apart < 0.05, "apart from the oracle by " + std::to_string(apart));
  }
}

void sameBitsEverywhere(Expect& expect) {
  Look look;
  look.movingArea = 0.2;
  for (const auto& [w, h] : {std::pair{322, 181}, std::pair{131, 257}, std::pair{64, 50}}) {
    const Case c = draw(w, h, 9, look, look, 0.8, 0.3);
    AlignResult first;
    for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
      limitIsa(isa);
      for (const int threads : {1, 3}) {
        AlignSettings settings;
        settings.threads = threads;
        const AlignResult again = run(c, settings).result;
        if (isa == Isa::baseline && threads == 1) first = again;
        expect.that(
            again.h == first.h && again.converged == first.converged && again.residual == first.residual &&
                again.cornerSigma == first.cornerSigma && again.inlierShare == first.inlierShare,
            std::to_string(w) + "x" + std::to_string(h) + " on " + isaName(isa) + " with " + std::to_string(threads) + " threads");
      }
    }
  }
}

void deepSamplesAndScales(Expect& expect) {
  Look look;
  const Case c = draw(640, 360, 5, look, look, 1);
  std::vector<std::uint16_t> deep[2];
  AlignFrame frames[2];
  const AlignSettings settings;
  AlignScratch scratch;
  for (int k = 0; k < 2; k++) {
    for (const std::uint8_t s : (k == 0 ? c.previous : c.current).samples) deep[k].push_back(static_cast<std::uint16_t>(s << 8));
    prepareAlign({deep[k].data(), 640, 360, 1280, 10, 6}, settings, scratch, frames[k]);
  }
  expect.that(align(frames[0], frames[1], c.start, nullptr, unknownAlignTrust(), settings, scratch).h == run(c).result.h,
              "10 bits of a 16-bit word differ");
  // The answer is in pixels of the source whatever size is compared.
  AlignSettings coarse;
  coarse.analysisSize = 400;
  const double off = cornerError(run(c, coarse).result.h, c.truth, 640, 360);
  expect.that(off < 0.05, "compared at 400 of 640: off by " + std::to_string(off));
}

void heedsWeights(Expect& expect) {
  // Two thirds of the width show something else that moves; only the weights tell which third is meant.
  Look look;
  look.movingArea = 0.64;
  Look later = look;
  later.movingX = 6;
  const Case c = draw(480, 360, 33, look, later, 0.5, 0.2);
  std::vector<float> values(16 * 16, 1.0f);
  for (int y = 1; y < 15; y++) std::fill(values.begin() + y * 16 + 1, values.begin() + y * 16 + 15, 0.0f);
  const AlignWeights weights{values.data(), 16};
  const Aligned out = run(c, {}, &weights);
  const double off = cornerError(out.result.h, c.truth, 480, 360);
  expect.that(out.result.converged && off < 0.05, "with the moving part masked: off by " + std::to_string(off));
  expect.that(out.result.inlierShare > 0.9, "the masked part counts among the inliers");
  values[7] = std::numeric_limits<float>::quiet_NaN();
  expect.throws<std::invalid_argument>([&] { run(c, {}, &weights); }, "a weight that is not a number");
}

void keepsTheStart(Expect& expect) {
  const auto kept = [&](const Case& c, const std::string& what) {
    const AlignResult result = run(c).result;
    const bool same = std::equal(result.h.begin(), result.h.end(), c.start.begin(),
                                 [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); });
    expect.that(same && !result.converged && std::isinf(result.cornerSigma), what + ": the start must come back");
  };
  Case c = draw(320, 180, 3, {}, {}, 1, 0.3);
  const Case good = c;
  for (const double wrong : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    c.start = good.start;
    c.start[4] = wrong;
    kept(c, "a start that is not finite");
  }
  c.start = {-1, 0, 319, 0, 1, 0, 0, 0, 1};
  kept(c, "a mirror image");
  c.start = {1, 0, 0, 0, 1, 0, -0.01, 0, 1};
  kept(c, "a horizon within the picture");
  c.start = {0, 0, 0, 0, 0, 0, 0, 0, 1};
  kept(c, "a point for a picture");
  c.start = {1, 0, 0, 0, 1, 0, 0, 0, 0};
  kept(c, "no scale");
  c.start = {1, 0, 5000, 0, 1, 0, 0, 0, 1};
  kept(c, "a start outside the picture");
  c.start = good.start;
  for (const int level : {0, 16, 128, 255}) {
    Case flat = c;
    std::fill(flat.previous.samples.begin(), flat.previous.samples.end(), static_cast<std::uint8_t>(level));
    kept(flat, "a flat first frame");
    std::swap(flat.previous, flat.current);
    kept(flat, "a flat second frame");
  }
  for (const auto& [w, h] : {std::pair{1, 1}, std::pair{3, 200}, std::pair{19, 19}, std::pair{24, 20}}) {
    Case tiny = draw(w, h, 3, {}, {}, 0.2, 0.05);
    tiny.start = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const AlignResult result = run(tiny).result;
    expect.that(result.converged || result.h == tiny.start, "a tiny frame");
  }
  Case other = c;
  Look elsewhere;
  elsewhere.seed = 4711;
  other.current = draw(320, 180, 8, elsewhere, elsewhere, 1).current;
  kept(other, "another scene");
}

void wrongArguments(Expect& expect) {
  const Case c = draw(64, 48, 1, {}, {}, 0.2, 0.1), d = draw(64, 50, 1, {}, {}, 0.2, 0.1);
  AlignFrame a, b, empty;
  AlignScratch scratch;
  prepareAlign(c.previous.luma(), {}, scratch, a);
  prepareAlign(d.current.luma(), {}, scratch, b);
  expect.throws<std::invalid_argument>([&] { align(a, b, c.start, nullptr, unknownAlignTrust(), {}, scratch); }, "two sizes");
  expect.throws<std::invalid_argument>([&] { align(a, empty, c.start, nullptr, unknownAlignTrust(), {}, scratch); }, "an empty frame");
  expect.throws<std::invalid_argument>([&] { prepareAlign({c.previous.samples.data(), 0, 4, 0, 8, 0}, {}, scratch, a); }, "no pixels");
}

}  // namespace

int main() {
  return runParity([](Expect& expect) {
    knownMotions(expect);
    swappedFrames(expect);
    againstOracle(expect);
    sameBitsEverywhere(expect);
    deepSamplesAndScales(expect);
    heedsWeights(expect);
    keepsTheStart(expect);
    wrongArguments(expect);
  });
}
