// The oracle is a continuous texture seen through known maps: every window's true displacement is known.
#include "lucas-kanade.hpp"

#include <algorithm>
#include <cmath>
#include <isa/isa.hpp>
#include <measure/expect.hpp>
#include <stdexcept>

#include "../synthetic/synthetic.hpp"

using namespace gimbal;

namespace {

PreparedFrame prepared(const synthetic::Image& image) {
  PrepareScratch scratch;
  PreparedFrame frame;
  prepareFrame(image.luma(), 640, 400, 1, scratch, frame);
  return frame;
}

std::vector<Track> follow(const PreparedFrame& a, const PreparedFrame& b, const Mat3& guess, int threads) {
  std::vector<Track> tracks;
  for (const Corner& c : a.corners) {
    Track t;
    t.x = c.x + 0.5f;
    t.y = c.y + 0.5f;
    tracks.push_back(t);
  }
  const Mat3 guesses[2] = {kIdentity, guess};
  trackPoints(a.pyramid, b.pyramid, guesses, 2, {}, tracks.data(), static_cast<int>(tracks.size()), threads);
  return tracks;
}

struct Outcome {
  double found = 0, median = 0, p95 = 0;
};

/// What a window should report: the displacement of its centre, plus what its slopes say of the map's linear part.
Outcome outcome(const std::vector<Track>& tracks, const Mat3& h) {
  std::vector<double> errors;
  for (const Track& t : tracks) {
    if (!t.ok) continue;
    const Point p = apply(h, t.x, t.y);
    const double ux = h[0] - 1, uy = h[1], vx = h[3], vy = h[4] - 1;  // the maps of these cases are affine
    const double x = p.x + t.slopeX[0] * ux + t.slopeX[1] * vx + t.slopeY[0] * uy + t.slopeY[1] * vy;
    const double y = p.y + t.slopeX[2] * ux + t.slopeX[3] * vx + t.slopeY[2] * uy + t.slopeY[3] * vy;
    errors.push_back(std::hypot(x - t.u, y - t.v));
  }
  std::sort(errors.begin(), errors.end());
  if (errors.empty()) return {0, 1e9, 1e9};
  return {double(errors.size()) / tracks.size(), errors[errors.size() / 2], errors[errors.size() * 95 / 100]};
}

bool sameBits(const std::vector<Track>& a, const std::vector<Track>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const Track& s, const Track& t) {
           return s.ok == t.ok && s.u == t.u && s.v == t.v && s.backward == t.backward && s.residual == t.residual;
         });
}

}  // namespace

int main() {
  return runParity([](Expect& expect) {
    const int w = 640, h = 360;
    synthetic::SceneOptions plain;
    const PreparedFrame first = prepared(synthetic::render(w, h, kIdentity, false, 1, plain));
    synthetic::SceneOptions flicker = plain;
    flicker.gain = 0.6;
    flicker.offset = 60;
    struct Case {
      const char* name;
      Mat3 h;
      synthetic::SceneOptions scene;
      double found, median, p95;
    };
    const Case cases[] = {
        {"still", kIdentity, plain, 0.98, 0.03, 0.08},
        {"a quarter pixel", synthetic::motion(w, h, 0.25, 0.25, 0, 1), plain, 0.98, 0.03, 0.08},
        {"a half pixel", synthetic::motion(w, h, -0.5, 0.5, 0, 1), plain, 0.98, 0.03, 0.08},
        {"12 px", synthetic::motion(w, h, 12, -7.3, 0, 1), plain, 0.9, 0.03, 0.08},
        {"40 px", synthetic::motion(w, h, 40.2, 11.6, 0, 1), plain, 0.75, 0.03, 0.1},
        {"3 degrees and 3 %", synthetic::motion(w, h, 2, 1, 3, 1.03), plain, 0.9, 0.05, 0.12},
        {"darker and flatter", synthetic::motion(w, h, 3.3, -2.1, 0, 1), flicker, 0.95, 0.04, 0.12},
    };
    for (const Case& c : cases) {
      const PreparedFrame second = prepared(synthetic::render(w, h, c.h, false, 2, c.scene));
      const std::vector<Track> tracks = follow(first, second, kIdentity, 1);
      const Outcome o = outcome(tracks, c.h);
      const std::string text = std::string(c.name) + ": found " + std::to_string(o.found) + ", error median " +
                               std::to_string(o.median) + ", p95 " + std::to_string(o.p95);
      std::printf("%s\n", text.c_str());
      expect.that(o.found >= c.found && o.median <= c.median && o.p95 <= c.p95, text);
      expect.that(sameBits(tracks, follow(first, second, kIdentity, 3)), std::string(c.name) + ": threads change the answer");
      limitIsa(Isa::baseline);
      expect.that(sameBits(tracks, follow(first, second, kIdentity, 1)), std::string(c.name) + ": differs between instruction sets");
      limitIsa(Isa::avx512);
    }
    const Mat3 far = synthetic::motion(w, h, 180, -60, 0, 1);
    const PreparedFrame gone = prepared(synthetic::render(w, h, far, false, 3, plain));
    const Mat3 near = synthetic::motion(w, h, 174, -55, 0, 1);
    const Outcome guided = outcome(follow(first, gone, near, 1), far);
    expect.that(guided.found >= 0.5 && guided.median <= 0.03, "a guess 8 px off leads 190 px away: found " + std::to_string(guided.found));
    PreparedFrame small;
    PrepareScratch scratch;
    prepareFrame(synthetic::render(64, 48, kIdentity, false, 1, plain).luma(), 640, 400, 1, scratch, small);
    Track track;
    expect.throws<std::invalid_argument>([&] { trackPoints(first.pyramid, small.pyramid, &kIdentity, 1, {}, &track, 1, 1); },
                                         "pyramids of different sizes");
    expect.throws<std::invalid_argument>([&] { trackPoints(first.pyramid, first.pyramid, &kIdentity, 0, {}, &track, 1, 1); }, "no guess");
  });
}
