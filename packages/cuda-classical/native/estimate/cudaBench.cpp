// GPU time of estimating 1920x1080 pairs whose luma lies on the device, by CUDA events: one JSON object a line, milliseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "../lucas-kanade/cuda.hpp"
#include "../padded-pyramid/cuda.hpp"
#include "../scene/cuda.hpp"
#include "../shi-tomasi/cuda.hpp"
#include "../synthetic/device.hpp"
#include "../synthetic/synthetic.hpp"
#include "device-estimator.hpp"

using namespace gimbal;

namespace {

struct Spread {
  double median, low, high;
};

Spread spreadOf(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() / 10], times[times.size() * 9 / 10]};
}

/// Median and the 10th and 90th percentile of the time that `body` takes on the stream.
Spread timed(CudaStream stream, int runs, const std::function<void(int)>& body) {
  std::vector<double> times;
  Event start(true), end(true);
  for (int i = 0; i < runs + 10; i++) {
    start.record(stream);
    body(i);
    end.record(stream);
    end.wait();
    if (i >= 10) times.push_back(end.since(start));
  }
  return spreadOf(times);
}

void report(const char* what, int corners, int pairs, const Spread& s) {
  std::printf("{\"bench\":\"%s\",\"size\":\"1920x1080\",\"analysis\":\"640x360\",\"corners\":%d,\"pairs\":%d,\"ms\":%.4f,\"p10\":%.4f,\"p90\":%.4f,\"pairsPerSecond\":%.0f}\n",
              what, corners, pairs, s.median, s.low, s.high, pairs * 1000 / s.median);
}

}  // namespace

int main() {
  if (!synthetic::deviceThere()) return synthetic::kSkipped;
  std::printf("{\"device\":\"%s\"}\n", cudaReport().devices[0].name.c_str());
  constexpr int kFrames = 33, kDistinct = 5;
  // Few distinct pictures, each uploaded to memory of its own: rendering is slow.
  std::vector<synthetic::Image> images;
  synthetic::SceneOptions o;
  o.detail = 3;
  o.movingArea = 0.3;
  for (int i = 0; i < kDistinct; i++) {
    o.movingX = 20 * i;
    images.push_back(synthetic::render(1920, 1080, synthetic::motion(1920, 1080, 14.0 * i, -9.0 * i, 0.5 * i, 1 + 0.004 * i), true, i, o));
  }
  const auto pictureOf = [](int i) { return i % (2 * kDistinct - 2) < kDistinct ? i % (2 * kDistinct - 2) : 2 * kDistinct - 2 - i % (2 * kDistinct - 2); };
  std::vector<DeviceBuffer> lumas;
  std::vector<LumaSource> sources;
  for (int i = 0; i < kFrames; i++) {
    lumas.emplace_back(1920 * 1080, "a benchmark");
    cudaCheck(cudaMemcpy(lumas.back().data(), images[pictureOf(i)].samples.data(), 1920 * 1080, cudaMemcpyHostToDevice), "upload");
    Luma luma = images[pictureOf(i)].luma();
    luma.data = lumas.back().data();
    sources.push_back({luma, true, nullptr});
  }
  cudaCheck(cudaDeviceSynchronize(), "upload");  // the streams below do not wait for the default stream
  for (const int corners : {400, 1000}) {
    Settings settings;
    settings.corners = corners;
    for (const bool continuity : {true, false}) {
      settings.continuity = continuity;
      DeviceEstimator estimator(settings, 0);
      std::vector<DeviceFrame> frames(kFrames);
      std::vector<DevicePair> pairs;
      for (int i = 0; i + 1 < kFrames; i++) pairs.push_back({&frames[i], sources[i], &frames[i + 1], sources[i + 1]});
      estimator.estimate(pairs.data(), kFrames - 1);
      if (continuity) {
        // The steady loop: the previous frame is prepared already, the current one is new.
        const auto single = [&](int i) {
          const DevicePair& pair = pairs[i % (kFrames - 1)];
          pair.previous->ready = true;
          pair.current->ready = false;
          estimator.enqueue(&pair, 1);
        };
        report("pair, steady loop", corners, 1, timed(estimator.stream(), 200, single));
        const auto pairOnly = [&](int i) {
          const DevicePair& pair = pairs[i % (kFrames - 1)];
          pair.previous->ready = pair.current->ready = true;
          estimator.enqueue(&pair, 1);
        };
        report("pair, both frames prepared", corners, 1, timed(estimator.stream(), 200, pairOnly));
        std::vector<double> wall;
        for (int i = 0; i < 200; i++) {
          const DevicePair& pair = pairs[i % (kFrames - 1)];
          pair.previous->ready = true;
          pair.current->ready = false;
          const auto start = std::chrono::steady_clock::now();
          estimator.estimate(&pair, 1);
          wall.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
        }
        report("pair, host clock with waiting", corners, 1, spreadOf(wall));
      }
      const auto batch = [&](int) {
        for (int i = 1; i < kFrames; i++) frames[i].ready = false;
        estimator.enqueue(pairs.data(), kFrames - 1);
      };
      report(continuity ? "batch, with continuity" : "batch, independent pairs", corners, kFrames - 1, timed(estimator.stream(), 40, batch));
    }
    // Stage by stage, one frame and one pair.
    const FrameLayout layout = frameLayout(1920, 1080, settings.analysisSize, corners);
    const PrepareLayout scratch = prepareLayout(layout);
    const PairLayout pairLayout_ = pairLayout(layout);
    DeviceBuffer a(layout.bytes, "a benchmark"), b(layout.bytes, "a benchmark"), s(scratch.bytes, "a benchmark"), p(pairLayout_.bytes, "a benchmark");
    Stream stream;
    PrepareBatch one;
    one.count = 1;
    one.scratch[0] = s.as<unsigned char>();
    LumaBatch luma;
    CornerOptions options;
    options.count = corners;
    for (int k = 0; k < 2; k++) {
      one.frame[0] = (k == 0 ? a : b).as<unsigned char>();
      luma.luma[0] = sources[k].luma;
      prepareFrames(luma, one, layout, scratch, stream);
    }
    const auto stage = [&](const char* name, const std::function<void(int)>& body) { report(name, corners, 1, timed(stream, 100, body)); };
    stage("stage: resize", [&](int) { resizeLuma(luma, one, layout, scratch, stream); });
    stage("stage: pyramid", [&](int) { buildPyramids(one, layout, scratch, stream); });
    stage("stage: corners", [&](int) { findCorners(one, layout, scratch, options, stream); });
    PairBatch pair;
    pair.count = 1;
    pair.previous[0] = a.as<unsigned char>();
    pair.current[0] = b.as<unsigned char>();
    pair.pair[0] = p.as<unsigned char>();
    TrackOptions tracking;
    tracking.levels = trackLevels(layout);
    beginPairs(pair, pairLayout_, nullptr, stream);
    stage("stage: difference", [&](int) { differencesInPlace(pair, layout, pairLayout_, stream); });
    ClimbOptions climbing;
    climbing.trackLevels = tracking.levels;
    DeviceBuffer dice(1600 * sizeof(unsigned), "a benchmark"), answer(sizeof(DeviceAnswer), "a benchmark");
    std::vector<std::uint32_t> throws(1600);
    for (int i = 0; i < 1600; i++) throws[i] = 2654435761u * (i + 1) ^ throws[i / 2] << 7;
    cudaCheck(cudaMemcpy(dice.data(), throws.data(), dice.bytes(), cudaMemcpyHostToDevice), "upload");
    cudaCheck(cudaDeviceSynchronize(), "upload");
    stage("stage: follow corners", [&](int) { followCorners(pair, layout, pairLayout_, tracking, false, stream); });
    stage("stage: ladder", [&](int) { climbPairs(pair, layout, pairLayout_, Look::first, climbing, dice.as<unsigned>(), 0, answer.as<DeviceAnswer>(), stream); });
  }
}
