// The oracle is OpenCV's Scharr (golden files), to 1e-3; all instruction sets give the same bits and stay inside the planes.
#include "scharr.hpp"

#include <cmath>
#include <isa/isa.hpp>
#include <measure/expect.hpp>
#include <measure/golden.hpp>
#include <measure/canary-plane.hpp>
#include <measure/random.hpp>
#include <stdexcept>

using namespace gimbal;

namespace {

double worstDifference(const std::vector<float>& made, const Golden& wanted) {
  double worst = made.size() == wanted.samples.size() ? 0 : 1e9;
  for (std::size_t i = 0; i < made.size() && worst < 1e9; i++) worst = std::max(worst, std::abs(double{made[i]} - wanted.samples[i]));
  return worst;
}

void againstGolden(Expect& expect, const std::string& folder) {
  for (const std::string& name : Golden::names(folder)) {
    const Golden input = Golden::read(folder + "/" + name + ".input.gold");
    const int w = input.width, h = input.height;
    std::vector<float> dx(input.samples.size()), dy(input.samples.size());
    scharr({input.samples.data(), w, h, w * 4}, {dx.data(), w, h, w * 4}, {dy.data(), w, h, w * 4});
    const double x = worstDifference(dx, Golden::read(folder + "/" + name + ".dx.gold"));
    const double y = worstDifference(dy, Golden::read(folder + "/" + name + ".dy.gold"));
    expect.that(x <= 1e-3 && y <= 1e-3, name + ": off OpenCV by " + std::to_string(x) + ", " + std::to_string(y));
  }
}

void acrossInstructionSets(Expect& expect) {
  Random random(3);
  for (int i = 0; i < 200; i++) {
    const int w = i < 36 ? i / 6 + 1 : random.whole(1, 90), h = i < 36 ? i % 6 + 1 : random.whole(1, 30);
    CanaryPlane<float> src(w, h, random.whole(0, 4), 0xff);  // a read outside is a NaN
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) src.plane.row(y)[x] = static_cast<float>(random.real(0, 255));
    }
    CanaryPlane<float> ax(w, h, 2, 0x11), ay(w, h, 2, 0x11), bx(w, h, 2, 0x11), by(w, h, 2, 0x11);
    limitIsa(Isa::baseline);
    scharr(src.view(), ax.plane, ay.plane);
    limitIsa(Isa::avx512);
    scharr(src.view(), bx.plane, by.plane);
    const std::string name = std::to_string(w) + "x" + std::to_string(h);
    expect.that(ax.sameSamples(bx) && ay.sameSamples(by), name + ": differs between instruction sets");
    expect.that(ax.intact() && ay.intact() && bx.intact() && by.intact(), name + ": wrote outside the plane");
  }
}

}  // namespace

int main() {
  return runParity([](Expect& expect) {
    for (const Isa isa : {Isa::baseline, Isa::avx512}) {
      limitIsa(isa);
      againstGolden(expect, GIMBAL_GOLDEN);
    }
    acrossInstructionSets(expect);
    std::vector<float> four(4), two(2);
    expect.throws<std::invalid_argument>([&] { scharr({four.data(), 2, 2, 8}, {two.data(), 2, 1, 8}, {four.data(), 2, 2, 8}); },
                                         "gradients of another size");
  });
}
