// Two oracles: the CPU path, within 0.05 px at the frame's corners and with the same verdict, and the known motion of the scene. Repeated
// runs, and pairs in batches, give the same bits.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <measure/expect.hpp>
#include <string>
#include <vector>

#include "../synthetic/device.hpp"
#include "../synthetic/synthetic.hpp"
#include "device-estimator.hpp"

using namespace gimbal;

namespace {

constexpr double kTolerance = 0.05;

struct Case {
  std::string name;
  synthetic::Image a, b;
  Mat3 truth;
  double error;  // largest corner error against the truth; negative: there is none
  const Mat3* guess = nullptr;
};

Estimate onCpu(const synthetic::Image& a, const synthetic::Image& b, const Settings& s, const Mat3* guess, const CellTrust& trust) {
  PrepareScratch scratch;
  EstimateScratch estimating;
  PreparedFrame p, q;
  prepareFrame(a.luma(), s.analysisSize, s.corners, 1, scratch, p, s.maskOnHost());
  prepareFrame(b.luma(), s.analysisSize, s.corners, 1, scratch, q, s.maskOnHost());
  EstimateOptions options;
  options.seed = s.seed;
  options.trust = trust;
  return estimatePair(p, q, guess, options, estimating);
}

bool sameBits(const Estimate& a, const Estimate& b) {
  return a.h == b.h && a.model == b.model && a.verdict == b.verdict && a.confidence == b.confidence && a.tracked == b.tracked &&
         a.inliers == b.inliers && a.coverage == b.coverage && a.cornerSigma == b.cornerSigma && a.scale == b.scale;
}

synthetic::Image flat(int w, int h, int level) { return {w, h, std::vector<std::uint8_t>(static_cast<std::size_t>(w) * h, static_cast<std::uint8_t>(level))}; }

std::vector<Case> casesOf(bool small) {
  std::vector<Case> cases;
  const int w = small ? 160 : 640, h = small ? 100 : 360;
  const auto add = [&](const char* name, int cw, int ch, const Mat3& m, const synthetic::SceneOptions& o, double error) {
    synthetic::SceneOptions first = o;
    first.gain = 1;
    first.offset = 0;
    cases.push_back({name, synthetic::render(cw, ch, kIdentity, false, 1, first), synthetic::render(cw, ch, m, true, 2, o), m, error});
  };
  const synthetic::SceneOptions plain;
  add("small motion", w, h, synthetic::motion(w, h, 1.3, -0.7, 0.2, 1.002), plain, 0.2);
  cases.push_back({"the same picture", cases[0].a, cases[0].a, kIdentity, 1e-9});
  cases.push_back({"flat", flat(w, h, 90), flat(w, h, 90), kIdentity, -1});
  cases.push_back({"white", flat(w, h, 255), flat(w, h, 255), kIdentity, -1});
  cases.push_back({"1x1", flat(1, 1, 7), flat(1, 1, 9), kIdentity, -1});
  cases.push_back({"5x3", flat(5, 3, 7), flat(5, 3, 9), kIdentity, -1});
  add("shifted far", w, h, synthetic::motion(w, h, w * 0.2, h * 0.12, 1, 1.01), plain, 0.6);
  if (small) return cases;
  synthetic::SceneOptions object = plain;
  object.movingArea = 0.3;
  object.movingX = 9;
  object.movingY = -6;
  for (int i = 0; i < 6; i++) {
    const auto d = [&](int k) { return synthetic::draw(static_cast<std::uint32_t>(i * 16 + k)); };
    object.seed = 10 + i;
    add("an object in the middle", w, h, synthetic::motion(w, h, 12 * d(0), 12 * d(1), 3 * d(2), 1 + 0.03 * d(3)), object, 0.5);
  }
  synthetic::SceneOptions flicker = plain;
  flicker.gain = 0.7;
  flicker.offset = 40;
  add("flicker and perspective", w, h, synthetic::motion(w, h, 5, -3, 1, 1.01, 1e-5, -1e-5), flicker, 0.3);
  synthetic::SceneOptions crowd = plain;
  crowd.movingArea = 0.75;
  crowd.movingX = 25;
  add("an object nearly everywhere", w, h, synthetic::motion(w, h, -4, 2, 0, 1), crowd, -1);
  synthetic::SceneOptions soft = plain;
  soft.detail = 40;
  add("hardly any detail", w, h, synthetic::motion(w, h, 3, 1, 0, 1), soft, -1);
  synthetic::SceneOptions other = plain;
  other.seed = 99;
  cases.push_back({"another scene", cases[0].a, synthetic::render(w, h, kIdentity, false, 5, other), kIdentity, -1});
  synthetic::SceneOptions big = plain;
  big.detail = 3;
  add("1920x1080", 1920, 1080, synthetic::motion(1920, 1080, 14, -9, 0.5, 1.004), big, 0.5);
  synthetic::SceneOptions huge = plain;
  huge.detail = 6;
  add("3840x2160", 3840, 2160, synthetic::motion(3840, 2160, 31, -17, 0.4, 1.003), huge, 0.05);
  add("4096x2160, no whole ratio", 4096, 2160, synthetic::motion(4096, 2160, -22, 13, -0.3, 0.998, 1e-6, 0), huge, 0.05);
  add("an odd size", 641, 363, synthetic::motion(641, 363, 4, 3, 0.5, 1.01), plain, 0.3);
  add("upright", 203, 417, synthetic::motion(203, 417, 2, 5, 0.5, 1.01), plain, 0.3);
  add("small", 64, 48, synthetic::motion(64, 48, 1, 0.5, 0, 1), plain, -1);
  add("thumbnail", 33, 21, synthetic::motion(33, 21, 1, 0, 0, 1), plain, -1);
  static const Mat3 far = synthetic::motion(640, 360, 180, -60, 0, 1), near = synthetic::motion(640, 360, 174, -55, 0, 1);
  add("a guess from afar", w, h, far, plain, 1);
  cases.back().guess = &near;
  return cases;
}

/// Following one another, with a memory of what moved with the camera: alone, in one batch, and on the CPU.
void chains(Expect& expect, const Settings& settings) {
  synthetic::SceneOptions o;
  o.movingArea = 0.4;
  std::vector<synthetic::Image> images;
  const int w = 320, h = 200, count = 9;
  for (int i = 0; i < count; i++) {
    o.movingX = 5 * i;
    o.movingY = -3 * i;
    o.movingArea = 0.3 + 0.05 * i;
    // One far jump, so that a pair in the middle of the chain is uncertain.
    images.push_back(synthetic::render(w, h, synthetic::motion(w, h, i >= 5 ? 60 - 1.5 * i : -1.5 * i, 0.5 * i, 0, 1), true, i + 1, o));
  }
  DeviceEstimator alone(settings, 0), together(settings, 0);
  std::vector<DeviceFrame> p(count), q(count);
  std::vector<DevicePair> pairs;
  CellTrust trust = unknownTrust();
  std::vector<Estimate> single;
  for (int i = 0; i + 1 < count; i++) {
    const DevicePair pair{&p[i], {images[i].luma()}, &p[i + 1], {images[i + 1].luma()}};
    single.push_back(alone.estimate(&pair, 1)[0]);
    pairs.push_back({&q[i], {images[i].luma()}, &q[i + 1], {images[i + 1].luma()}});
    const Estimate cpu = onCpu(images[i], images[i + 1], settings, nullptr, trust);
    trust = settings.continuity ? cpu.trust : unknownTrust();
    double worst = 0;
    synthetic::cornerError(cpu.h, single.back().h, w, h, &worst);
    const std::string name = "pair " + std::to_string(i) + (settings.continuity ? " of a chain" : " by itself");
    std::printf("%-40s cpu-cuda %.2e px, verdict %d %d, confidence %.6f %.6f\n", name.c_str(), worst, int(cpu.verdict), int(single.back().verdict),
                cpu.confidence, single.back().confidence);
    expect.that(worst <= kTolerance && cpu.verdict == single.back().verdict, name + ": off the CPU by " + std::to_string(worst));
  }
  const std::vector<Estimate> batch = together.estimate(pairs.data(), static_cast<int>(pairs.size()));
  for (std::size_t i = 0; i < batch.size(); i++) expect.that(sameBits(batch[i], single[i]), "pair " + std::to_string(i) + ": a batch says something else");
}

}  // namespace

int main(int argc, char**) {
  if (!synthetic::deviceThere()) return synthetic::kSkipped;
  const bool small = argc > 1;
  return runParity([small](Expect& expect) {
    const std::vector<Case> cases = casesOf(small);
    double most = 0;
    for (const int corners : {400, 1000, -400}) {
      if (small && corners == 1000) continue;
      Settings settings;
      settings.corners = std::abs(corners);
      // Negative: with two thirds of the frame left out, in squares of a mask that is coarser than the frame.
      for (int k = 0; corners < 0 && k < 15 * 9; k++) settings.mask.push_back(k % 3 == 0 ? 255 : 0);
      if (corners < 0) {
        settings.maskWidth = 15;
        settings.maskHeight = 9;
      }
      DeviceEstimator estimator(settings, 0);
      for (const Case& c : cases) {
        DeviceFrame p, q;
        const DevicePair pair{&p, {c.a.luma()}, &q, {c.b.luma()}, c.guess};
        const Estimate cuda = estimator.estimate(&pair, 1)[0];
        const Estimate cpu = onCpu(c.a, c.b, settings, c.guess, unknownTrust());
        double worst = 0, off = 0;
        synthetic::cornerError(cpu.h, cuda.h, c.a.width, c.a.height, &worst);
        synthetic::cornerError(cuda.h, c.truth, c.a.width, c.a.height, &off);
        std::printf("%-28s cpu-cuda %.2e px, known motion %.4f px, model %d %d verdict %d %d confidence %.6f %.6f tracked %d %d inliers %d %d\n",
                    c.name.c_str(), worst, off, int(cpu.model), int(cuda.model), int(cpu.verdict), int(cuda.verdict), cpu.confidence,
                    cuda.confidence, cpu.tracked, cuda.tracked, cpu.inliers, cuda.inliers);
        most = std::max(most, worst);
        expect.that(worst <= kTolerance, c.name + ": off the CPU by " + std::to_string(worst));
        expect.that(cpu.verdict == cuda.verdict && cpu.model == cuda.model, c.name + ": another verdict or model than the CPU's");
        expect.that(std::fabs(cpu.confidence - cuda.confidence) <= 0.01, c.name + ": another confidence than the CPU's");
        expect.that(corners < 0 || c.error < 0 || off <= c.error, c.name + ": off the known motion by " + std::to_string(off));
        DeviceFrame r, s;
        const DevicePair again{&r, {c.a.luma()}, &s, {c.b.luma()}, c.guess};
        expect.that(sameBits(estimator.estimate(&again, 1)[0], cuda), c.name + ": a second run gives other bits");
      }
    }
    std::printf("worst disagreement with the CPU: %.2e px\n", most);
    Settings settings;
    chains(expect, settings);
    settings.continuity = false;
    chains(expect, settings);
    DeviceEstimator estimator(settings, 0);
    DeviceFrame p, q;
    const DevicePair uneven{&p, {cases[0].a.luma()}, &q, {flat(8, 8, 1).luma()}};
    expect.throws<std::invalid_argument>([&] { estimator.estimate(&uneven, 1); }, "frames of different sizes");
  });
}
