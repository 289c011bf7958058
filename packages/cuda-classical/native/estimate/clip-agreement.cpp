// Both paths on consecutive frames of real clips: prints, per clip, the worst disagreement at the frame's corners, and fails above 0.05 px.
// The file is what test/dumpLuma.mjs writes: "GIMBALY1", the number of clips, and for each a name of 64 bytes, width, height, number of
// frames (32-bit little-endian) and that many 8-bit luma planes.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "../synthetic/device.hpp"
#include "../synthetic/synthetic.hpp"
#include "device-estimator.hpp"

using namespace gimbal;

namespace {

template <class T>
T read(std::ifstream& file) {
  T value{};
  file.read(reinterpret_cast<char*>(&value), sizeof value);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::printf("usage: %s FILE\n", argv[0]);
    return 2;
  }
  if (!synthetic::deviceThere()) return synthetic::kSkipped;
  std::ifstream file(argv[1], std::ios::binary);
  char magic[8] = {};
  file.read(magic, 8);
  if (!file || std::memcmp(magic, "GIMBALY1", 8) != 0) {
    std::printf("%s is not a file of luma planes\n", argv[1]);
    return 2;
  }
  int failures = 0;
  const auto clips = read<std::uint32_t>(file);
  for (std::uint32_t c = 0; c < clips; c++) {
    char name[65] = {};
    file.read(name, 64);
    const int w = read<std::int32_t>(file), h = read<std::int32_t>(file), frames = read<std::int32_t>(file);
    std::vector<synthetic::Image> images;
    for (int i = 0; i < frames; i++) {
      images.push_back({w, h, std::vector<std::uint8_t>(static_cast<std::size_t>(w) * h)});
      file.read(reinterpret_cast<char*>(images.back().samples.data()), static_cast<std::streamsize>(images.back().samples.size()));
    }
    if (!file) {
      std::printf("%s is cut short\n", argv[1]);
      return 2;
    }
    for (const int corners : {400, 1000}) {
      Settings settings;
      settings.corners = corners;
      DeviceEstimator estimator(settings, 0);
      std::vector<PreparedFrame> prepared(frames);
      std::vector<DeviceFrame> onDevice(frames);
      PrepareScratch scratch;
      EstimateScratch estimating;
      EstimateOptions options;
      for (int i = 0; i < frames; i++) prepareFrame(images[i].luma(), settings.analysisSize, corners, 4, scratch, prepared[i]);
      double worst = 0;
      int verdicts = 0, models = 0, at = 0, doubtful = 0;
      for (int i = 0; i + 1 < frames; i++) {
        const Estimate cpu = estimatePair(prepared[i], prepared[i + 1], nullptr, options, estimating);
        options.trust = cpu.trust;
        const DevicePair pair{&onDevice[i], {images[i].luma()}, &onDevice[i + 1], {images[i + 1].luma()}};
        const Estimate cuda = estimator.estimate(&pair, 1)[0];
        double off = 0;
        synthetic::cornerError(cpu.h, cuda.h, w, h, &off);
        verdicts += cpu.verdict != cuda.verdict;
        models += cpu.model != cuda.model;
        doubtful += cpu.verdict != Verdict::duplicate && (cpu.model != Model::homography || cpu.confidence < 0.7);
        if (off > worst) at = i;
        worst = std::max(worst, off);
      }
      std::printf("%-34s %4dx%-4d %4d corners: worst %.2e px (pair %d), %d of %d verdicts and %d models differ, %d in doubt\n", name, w, h, corners, worst, at,
                  verdicts, frames - 1, models, doubtful);
      failures += worst > 0.05 || verdicts > 0;
    }
  }
  return failures == 0 ? 0 : 1;
}
