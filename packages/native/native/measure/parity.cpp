// What is measured of a device must be possible: no copy is faster than the link, none takes no time, and larger ones take longer.
#include <string>

#include "../device/cuda-error.hpp"
#include "paths.hpp"
#include "transfers.hpp"

using namespace gimbal;

namespace {

void onHost(Expect& expect) {
  const Timing timing = timingOf({5, 1, 3, 2, 4, 100, 6, 7, 8, 9});
  expect.that(timing.median == 6 && timing.low == 2 && timing.high == 9, "the middle of ten");
  const Timing single = timingOf({7});
  expect.that(single.median == 7 && single.low == 7 && single.high == 7, "the middle of one");
  expect.throws<CudaError>([] { copyTime(1000, {100, true, true}); }, "a copy to cuda:1000");
  expect.throws<CudaError>([] { launchTimes(1000); }, "a launch on cuda:1000");
}

void onDevice(Expect& expect, int) {
  const auto plausible = [&](const Timing& time, const std::string& what) {
    expect.that(time.low > 0 && time.low <= time.median && time.median <= time.high, what);
  };
  for (const bool pinned : {false, true}) {
    for (const bool toDevice : {false, true}) {
      const std::string what = std::string(pinned ? "pinned" : "pageable") + (toDevice ? " to the device" : " from the device");
      const Timing small = copyTime(0, {100'000, toDevice, pinned});
      const Timing large = copyTime(0, {64'000'000, toDevice, pinned});
      plausible(small, "100 kB " + what);
      plausible(large, "64 MB " + what);
      const double rate = 64e6 / large.median / 1e3;
      std::printf("64 MB %s: %.1f GB/s; 100 kB: %.1f us\n", what.c_str(), rate, small.median);
      expect.that(large.median > small.median && rate > 0.1 && rate < 2000, what + " runs at " + std::to_string(rate) + " GB/s");
    }
  }
  const LaunchTimes times = launchTimes(0);
  plausible(times.issue, "issuing a launch");
  plausible(times.roundTrip, "a launch and back");
  plausible(times.backToBack, "launches one after another");
  plausible(times.inGraph, "launches in a graph");
  expect.that(times.roundTrip.median > times.issue.median, "coming back takes longer than going");
  std::printf("launch: %.2f us issue, %.2f back to back, %.2f in a graph, %.2f round trip\n", times.issue.median, times.backToBack.median,
              times.inGraph.median, times.roundTrip.median);
}

}  // namespace

int main(int argc, char** argv) { return runPaths(argc, argv, onHost, onDevice); }
