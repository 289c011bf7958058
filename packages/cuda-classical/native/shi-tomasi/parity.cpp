// The oracle for the strength is the eigenvalue formula in float64 over every window; the choice of corners is held to its contract.
#include "shi-tomasi.hpp"

#include <algorithm>
#include <cmath>
#include <isa/isa.hpp>
#include <measure/expect.hpp>
#include <measure/canary-plane.hpp>
#include <measure/random.hpp>
#include <set>

#include "../scharr/scharr.hpp"
#include "../synthetic/synthetic.hpp"

using namespace gimbal;

namespace {

double oracle(const CanaryPlane<float>& dx, const CanaryPlane<float>& dy, int x, int y) {
  if (x < 3 || y < 3 || x >= dx.plane.width - 3 || y >= dx.plane.height - 3) return 0;
  double xx = 0, xy = 0, yy = 0;
  for (int r = y - 3; r <= y + 3; r++) {
    for (int c = x - 3; c <= x + 3; c++) {
      const double a = dx.plane.row(r)[c], b = dy.plane.row(r)[c];
      xx += a * a / 49;
      xy += a * b / 49;
      yy += b * b / 49;
    }
  }
  return (xx + yy - std::sqrt((xx - yy) * (xx - yy) + 4 * xy * xy)) / 2;
}

void strengthAgainstFloat64(Expect& expect) {
  Random random(5);
  CornerScratch scratch;
  for (int i = 0; i < 60; i++) {
    const int w = random.whole(1, 120), h = random.whole(1, 70);
    CanaryPlane<float> dx(w, h, 3, 0xff), dy(w, h, 3, 0xff);
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        dx.plane.row(y)[x] = static_cast<float>(random.real(-40, 40));
        dy.plane.row(y)[x] = static_cast<float>(random.real(-40, 40));
      }
    }
    CanaryPlane<float> a(w, h, 2, 0x11), b(w, h, 2, 0x11);
    limitIsa(Isa::baseline);
    cornerStrength(dx.view(), dy.view(), a.plane, scratch);
    limitIsa(Isa::avx512);
    cornerStrength(dx.view(), dy.view(), b.plane, scratch);
    double worst = 0;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) worst = std::max(worst, std::abs(a.plane.row(y)[x] - oracle(dx, dy, x, y)));
    }
    const std::string name = std::to_string(w) + "x" + std::to_string(h);
    expect.that(worst <= 0.01, name + ": off float64 by " + std::to_string(worst));  // of values up to about 500
    expect.that(a.sameSamples(b), name + ": differs between instruction sets");
    expect.that(a.intact() && b.intact(), name + ": wrote outside the plane");
  }
}

/// A picture whose left half has full contrast and whose right half a sixteenth of it.
void cornersSpread(Expect& expect) {
  const int w = 640, h = 360;
  std::vector<float> luma(w * h), dx(luma), dy(luma), strength(luma);
  for (int y = 0; y < h; y++) {
    for (int x = 0; x < w; x++) {
      const double t = synthetic::texture(x, y, 7) - 128;
      luma[y * w + x] = static_cast<float>(128 + (x < w / 2 ? t : t / 16));
    }
  }
  CornerScratch scratch;
  CornerOptions options;
  scharr({luma.data(), w, h, w * 4}, {dx.data(), w, h, w * 4}, {dy.data(), w, h, w * 4});
  cornerStrength({dx.data(), w, h, w * 4}, {dy.data(), w, h, w * 4}, {strength.data(), w, h, w * 4}, scratch);
  std::vector<Corner> corners, again;
  selectCorners({strength.data(), w, h, w * 4}, options, scratch, corners);
  selectCorners({strength.data(), w, h, w * 4}, options, scratch, again);
  expect.that(corners.size() == 400, "a textured picture gives as many corners as asked: " + std::to_string(corners.size()));
  bool same = corners.size() == again.size();
  int right = 0;
  std::set<std::pair<int, int>> cells;
  for (std::size_t i = 0; i < corners.size(); i++) {
    const Corner& c = corners[i];
    same = same && c.x == again[i].x && c.y == again[i].y;
    right += c.x >= w / 2;
    cells.insert({c.x / 80, c.y / 60});
    expect.that(c.x >= options.margin && c.y >= options.margin && c.x < w - options.margin && c.y < h - options.margin, "margin");
    expect.that(c.strength == strength[c.y * w + c.x] && c.strength >= options.floor, "strength of a corner");
    for (int y = c.y - 1; y <= c.y + 1; y++) {
      for (int x = c.x - 1; x <= c.x + 1; x++) expect.that(strength[y * w + x] <= c.strength, "a corner is a local maximum");
    }
    for (std::size_t j = 0; j < i; j++) {
      expect.that(std::abs(corners[j].x - c.x) >= options.spacing || std::abs(corners[j].y - c.y) >= options.spacing, "spacing");
    }
  }
  expect.that(same, "the same picture gives the same corners");
  expect.that(right >= 150, "the dim half contributes: " + std::to_string(right) + " of 400");
  expect.that(cells.size() == 48, "every cell of 8x6 has a corner: " + std::to_string(cells.size()));
  std::fill(strength.begin(), strength.end(), 0.0f);
  selectCorners({strength.data(), w, h, w * 4}, options, scratch, corners);
  expect.that(corners.empty(), "a flat picture has no corner");
}

}  // namespace

int main() {
  return runParity([](Expect& expect) {
    strengthAgainstFloat64(expect);
    cornersSpread(expect);
  });
}
