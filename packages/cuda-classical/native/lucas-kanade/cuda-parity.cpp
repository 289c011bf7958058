// Two oracles: the CPU path, whose tracks must come out the same to the bit, and the known map of the synthetic scene.
#include <algorithm>
#include <cmath>
#include <measure/expect.hpp>
#include <string>

#include "../estimate/device-estimator.hpp"
#include "../synthetic/device.hpp"
#include "../synthetic/synthetic.hpp"

using namespace gimbal;

namespace {

struct Case {
  const char* name;
  int width, height;
  Mat3 h;
  synthetic::SceneOptions scene;
  double found, median;  // the known map's: share found at least, median error at most
};

bool same(const Track& a, const Track& b) {
  if (a.x != b.x || a.y != b.y || a.ok != b.ok) return false;
  if (!a.ok) return true;
  const auto equal = [](const float* p, const float* q, int n) { return std::equal(p, p + n, q); };
  return a.u == b.u && a.v == b.v && equal(a.info, b.info, 3) && equal(a.slopeX, b.slopeX, 4) && equal(a.slopeY, b.slopeY, 4) &&
         a.residual == b.residual && a.correlation == b.correlation && a.backward == b.backward;
}

}  // namespace

int main(int argc, char**) {
  if (!synthetic::deviceThere()) return synthetic::kSkipped;
  const bool small = argc > 1;
  return runParity([small](Expect& expect) {
    const int w = small ? 160 : 640, h = small ? 100 : 360;
    const synthetic::SceneOptions plain;
    synthetic::SceneOptions flicker = plain;
    flicker.gain = 0.6;
    flicker.offset = 60;
    synthetic::SceneOptions object = plain;
    object.movingArea = 0.3;
    object.movingX = 9;
    std::vector<Case> cases = {{"a half pixel", w, h, synthetic::motion(w, h, -0.5, 0.5, 0, 1), plain, 0.95, 0.04}};
    if (!small) {
      cases.push_back({"still", w, h, kIdentity, plain, 0.98, 0.03});
      cases.push_back({"12 px", w, h, synthetic::motion(w, h, 12, -7.3, 0, 1), plain, 0.9, 0.03});
      cases.push_back({"3 degrees and 3 %", w, h, synthetic::motion(w, h, 2, 1, 3, 1.03), plain, 0.9, 0.05});
      cases.push_back({"darker and flatter", w, h, synthetic::motion(w, h, 3.3, -2.1, 0, 1), flicker, 0.95, 0.04});
      cases.push_back({"an object", w, h, synthetic::motion(w, h, 2.2, -1.4, 1, 1.01), object, 0.6, 9.5});
      cases.push_back({"an odd size", 401, 233, synthetic::motion(401, 233, 5, 3, 1, 1.01), plain, 0.9, 0.05});
    }
    for (const Case& c : cases) {
      const synthetic::Image a = synthetic::render(c.width, c.height, kIdentity, false, 1, plain);
      const synthetic::Image b = synthetic::render(c.width, c.height, c.h, true, 2, c.scene);
      PrepareScratch scratch;
      PreparedFrame first, second;
      const Settings settings;
      prepareFrame(a.luma(), settings.analysisSize, settings.corners, 1, scratch, first);
      prepareFrame(b.luma(), settings.analysisSize, settings.corners, 1, scratch, second);
      std::vector<Track> wanted;
      for (const Corner& corner : first.corners) {
        Track t;
        t.x = corner.x + 0.5f;
        t.y = corner.y + 0.5f;
        wanted.push_back(t);
      }
      TrackOptions options;
      options.levels = 1;
      while (options.levels < 4 && (std::min(c.width, c.height) >> options.levels) >= 20) options.levels++;
      trackPoints(first.pyramid, second.pyramid, &kIdentity, 1, options, wanted.data(), static_cast<int>(wanted.size()), 1);
      DeviceEstimator estimator(settings, 0);
      DeviceFrame p, q;
      std::vector<Track> made;
      std::vector<std::uint8_t> inlier;
      const Estimate e = estimator.trace({&p, {a.luma()}, &q, {b.luma()}}, made, inlier);
      expect.that(made.size() == wanted.size(), std::string(c.name) + ": as many tracks");
      int different = 0, found = 0;
      double worst = 0;
      std::vector<double> errors;
      for (std::size_t i = 0; i < std::min(made.size(), wanted.size()); i++) {
        different += !same(made[i], wanted[i]);
        if (made[i].ok && wanted[i].ok) worst = std::max(worst, std::hypot(double(made[i].u) - wanted[i].u, double(made[i].v) - wanted[i].v));
        if (!made[i].ok) continue;
        found++;
        const Track& t = made[i];
        const Point at = apply(c.h, t.x, t.y);
        const double ux = c.h[0] - 1, uy = c.h[1], vx = c.h[3], vy = c.h[4] - 1;
        errors.push_back(std::hypot(at.x + t.slopeX[0] * ux + t.slopeX[1] * vx + t.slopeY[0] * uy + t.slopeY[1] * vy - t.u,
                                    at.y + t.slopeX[2] * ux + t.slopeX[3] * vx + t.slopeY[2] * uy + t.slopeY[3] * vy - t.v));
      }
      std::sort(errors.begin(), errors.end());
      const double median = errors.empty() ? 1e9 : errors[errors.size() / 2];
      std::printf("%-20s %zu points, %d found, median error %.4f; %d not the CPU's bits, worst %.5f px; model %d\n", c.name, made.size(), found,
                  median, different, worst, int(e.model));
      // A second pass rests on other tracks: then only the known map counts.
      expect.that(different == 0 || e.model != Model::homography, std::string(c.name) + ": " + std::to_string(different) + " tracks are not the CPU's bits");
      expect.that(found >= c.found * made.size() && median <= c.median, std::string(c.name) + ": off the known map");
    }
  });
}
