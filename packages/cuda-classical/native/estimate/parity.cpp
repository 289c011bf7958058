#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "../synthetic/synthetic.hpp"
#include "estimate.hpp"

// The whole estimator against scenes whose motion is known exactly.
using namespace gimbal;

namespace {

int failures = 0;

void expect(bool good, const char* what, double value) {
  std::printf("%s  %-58s %.4f\n", good ? "ok  " : "FAIL", what, value);
  failures += !good;
}

PreparedFrame prepared(const synthetic::Image& image) {
  PrepareScratch scratch;
  PreparedFrame frame;
  prepareFrame(image.luma(), 640, 400, 1, scratch, frame);
  return frame;
}

struct Errors {
  std::vector<double> mean, worst;
  double average() const {
    double s = 0;
    for (const double e : mean) s += e;
    return s / static_cast<double>(mean.size());
  }
  double most() const { return *std::max_element(worst.begin(), worst.end()); }
};

struct Range {
  double shift, degrees, zoom, perspective;
};

Errors errorsOver(int cases, int width, int height, const Range& range, const synthetic::SceneOptions& base, bool print) {
  Errors errors;
  EstimateScratch scratch;
  for (int i = 0; i < cases; i++) {
    const auto d = [&](int k) { return synthetic::draw(static_cast<std::uint32_t>(i * 16 + k)); };
    synthetic::SceneOptions o = base;
    o.seed = base.seed + static_cast<std::uint32_t>(i);
    o.movingX = 9 * d(6);
    o.movingY = 9 * d(7);
    const Mat3 h = synthetic::motion(width, height, range.shift * d(0), range.shift * d(1), range.degrees * d(2),
                                     1 + range.zoom * d(3), range.perspective * d(4), range.perspective * d(5));
    const PreparedFrame a = prepared(synthetic::render(width, height, kIdentity, false, 2 * i + 1, base.gain == 1 ? o : [&] {
      synthetic::SceneOptions plain = o;
      plain.gain = 1;
      plain.offset = 0;
      return plain;
    }()));
    const PreparedFrame b = prepared(synthetic::render(width, height, h, true, 2 * i + 2, o));
    const Estimate e = estimatePair(a, b, nullptr, {}, scratch);
    double worst = 0;
    errors.mean.push_back(synthetic::cornerError(e.h, h, width, height, &worst));
    errors.worst.push_back(worst);
    if (print)
      std::printf("      case %d: mean %.4f worst %.4f model %d verdict %d confidence %.2f inliers %d/%d sigma %.4f scale %.3f\n", i,
                  errors.mean.back(), worst, int(e.model), int(e.verdict), e.confidence, e.inliers, e.tracked, e.cornerSigma, e.scale);
  }
  return errors;
}

}  // namespace

int main() {
  const bool print = std::getenv("GIMBAL_VERBOSE") != nullptr;
  synthetic::SceneOptions plain;
  {
    const Errors e = errorsOver(8, 640, 360, {2, 0.3, 0.003, 0}, plain, print);
    expect(e.average() <= 0.05, "small motion: mean corner error (px)", e.average());
    expect(e.most() <= 0.15, "small motion: worst corner error (px)", e.most());
  }
  {
    synthetic::SceneOptions o;
    o.movingArea = 0.3;
    const Errors e = errorsOver(12, 640, 360, {12, 3, 0.03, 0}, o, print);
    expect(e.average() <= 0.1, "12 px, 3 deg, 3 %, 30 % moving: mean (px)", e.average());
    expect(e.most() <= 0.5, "12 px, 3 deg, 3 %, 30 % moving: worst (px)", e.most());
  }
  {
    synthetic::SceneOptions o;
    o.gain = 0.7;
    o.offset = 40;
    const Errors e = errorsOver(4, 640, 360, {6, 1, 0.01, 1e-5}, o, print);
    expect(e.average() <= 0.1, "flicker and perspective: mean (px)", e.average());
  }
  {
    const Errors e = errorsOver(4, 640, 360, {100, 2, 0.02, 0}, plain, print);
    expect(e.most() <= 0.6, "shifts up to 100 px: worst (px)", e.most());
  }
  {
    synthetic::SceneOptions o;
    o.detail = 3;
    const Errors e = errorsOver(3, 1920, 1080, {18, 1, 0.01, 0}, o, print);
    expect(e.most() <= 0.5, "1920x1080, in source pixels: worst (px)", e.most());
  }
  return failures == 0 ? 0 : 1;
}
