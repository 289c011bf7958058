#include <cstdio>
#include <vector>

#include "../isa/isa.hpp"
#include "../measure/median.hpp"
#include "resize.hpp"

using namespace gimbal;

int main() {
  std::vector<std::uint8_t> bytes(1920 * 1080);
  std::vector<std::uint16_t> words(1920 * 1080);
  for (std::size_t i = 0; i < bytes.size(); i++) words[i] = bytes[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
  std::vector<float> out(1920 * 1080);
  const int sizes[][2] = {{960, 540}, {640, 360}, {480, 270}, {320, 180}, {854, 480}};
  const Isa best = activeIsa();
  std::printf("1920x1080 luma, one thread, milliseconds (median of 51)\n");
  for (const Isa isa : {Isa::baseline, Isa::avx2}) {
    if (isa > best) continue;
    limitIsa(isa);
    for (const auto& s : sizes) {
      const Plane<float> dst{out.data(), s[0], s[1], s[0] * 4};
      std::printf("%-8s -> %dx%d  8 bit %.3f  10 bit %.3f\n", isaName(isa), s[0], s[1],
                  medianMilliseconds([&] { resizeArea(Plane<const std::uint8_t>{bytes.data(), 1920, 1080, 1920}, dst, 1); }),
                  medianMilliseconds([&] { resizeArea(Plane<const std::uint16_t>{words.data(), 1920, 1080, 3840}, 10, 0, dst, 1); }));
    }
  }
}
