// GPU time of estimating 1920x1080 pairs whose luma lies on the device, by CUDA events, and the time that a caller waits for the answers,
// by the host's clock; launch by launch and as graphs. One JSON object a line, milliseconds. Ends with 1 when there was no graph to time.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "../lucas-kanade/cuda.hpp"
#include "../padded-pyramid/cuda.hpp"
#include "../prepare/cuda.hpp"
#include "../registration/cuda.hpp"
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

void report(const char* what, int corners, int pairs, const Spread& s, const std::string& more = "") {
  std::printf("{\"bench\":\"%s\",\"size\":\"1920x1080\",\"analysis\":\"640x360\",\"corners\":%d,\"pairs\":%d,\"ms\":%.4f,\"p10\":%.4f,\"p90\":%.4f,\"pairsPerSecond\":%.0f%s}\n",
              what, corners, pairs, s.median, s.low, s.high, pairs * 1000 / s.median, more.c_str());
}

/// The same work launch by launch and as a graph, one after the other: `work(estimator, i)` prepares run `i` and says what is asked.
struct Ways {
  DeviceEstimator plain, graph;
  int corners;

  explicit Ways(const Settings& settings)
      : plain(settings, 0, Launching::plain), graph(settings, 0, Launching::graph), corners(settings.corners) {}

  void compare(const char* what, int pairs, int runs, const std::function<const DevicePair*(int)>& work) {
    for (DeviceEstimator* way : {&plain, &graph}) {
      for (int i = 0; i < 3; i++) way->estimate(work(i), pairs);  // a shape is recorded when it is met again
      const Spread gpu = timed(way->stream(), runs, [&](int i) { way->enqueue(work(i), pairs); });
      std::vector<double> wall;
      for (int i = 0; i < runs; i++) {
        const DevicePair* asked = work(i);
        const auto start = std::chrono::steady_clock::now();
        way->estimate(asked, pairs);
        wall.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
      }
      // Many in a row without waiting: what is left when the host is ahead.
      Event first(true), last(true);
      first.record(way->stream());
      for (int i = 0; i < runs; i++) way->enqueue(work(i), pairs);
      last.record(way->stream());
      last.wait();
      const Spread waited = spreadOf(wall);
      char more[256];
      std::snprintf(more, sizeof more, ",\"way\":\"%s\",\"wall\":%.4f,\"wallP10\":%.4f,\"wallP90\":%.4f,\"inARow\":%.4f", way == &plain ? "plain" : "graph",
                    waited.median, waited.low, waited.high, last.since(first) / runs);
      report(what, corners, pairs, gpu, more);
    }
  }

  /// Whether there were graphs; prints what became of them.
  bool graphs() const {
    const auto& g = graph.graphs();
    std::printf("{\"graphs\":%ld,\"nodes\":%zu,\"failure\":\"%s\"}\n", g.launched(), g.nodes(), g.failure().c_str());
    if (g.launched() == 0) std::printf("FAILED: no graph was launched\n");
    return g.launched() > 0 && g.failure().empty();
  }
};

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
  bool there = true;
  for (const int corners : {400, 1000}) {
    Settings settings;
    settings.corners = corners;
    for (const bool continuity : {true, false}) {
      settings.continuity = continuity;
      Ways ways(settings);
      std::vector<DeviceFrame> frames(kFrames);
      std::vector<DevicePair> pairs;
      for (int i = 0; i + 1 < kFrames; i++) pairs.push_back({&frames[i], sources[i], &frames[i + 1], sources[i + 1]});
      ways.plain.estimate(pairs.data(), kFrames - 1);
      if (continuity) {
        // The steady loop: the previous frame is prepared already, the current one is new.
        ways.compare("pair, steady loop", 1, 200, [&](int i) {
          const DevicePair& pair = pairs[i % (kFrames - 1)];
          pair.previous->ready = true;
          pair.current->ready = false;
          return &pair;
        });
        ways.compare("pair, both frames prepared", 1, 200, [&](int i) {
          const DevicePair& pair = pairs[i % (kFrames - 1)];
          pair.previous->ready = pair.current->ready = true;
          return &pair;
        });
      }
      for (const int count : {2, 8, 32}) {
        ways.compare(continuity ? "batch, with continuity" : "batch, independent pairs", count, count < 32 ? 80 : 40, [&](int) {
          for (int i = 1; i <= count; i++) frames[i].ready = false;
          return pairs.data();
        });
      }
      there = ways.graphs() && there;
    }
    // Stage by stage, one frame and one pair.
    const FrameLayout layout = frameLayout(1920, 1080, settings.analysisSize, corners);
    const PrepareLayout scratch = prepareLayout(layout);
    const PairLayout pairLayout_ = pairLayout(layout);
    DeviceBuffer a(layout.bytes, "a benchmark"), b(layout.bytes, "a benchmark"), s(scratch.bytes, "a benchmark"), p(pairLayout_.bytes, "a benchmark");
    Stream stream;
    DeviceBuffer resized(scratch.resized, "a benchmark"), framePlaces(2 * sizeof(FrameAddresses), "a benchmark"), pairPlaces(sizeof(PairAddresses), "a benchmark");
    CornerOptions options;
    options.count = corners;
    LaunchArguments placement;
    placement.frames = 2;
    placement.pairs = 1;
    placement.frame[0] = a.as<unsigned char>();
    placement.frame[1] = placement.current[0] = b.as<unsigned char>();
    placement.previous[0] = a.as<unsigned char>();
    placement.scratch = s.as<unsigned char>();
    placement.resized = resized.as<unsigned char>();
    placement.pair = p.as<unsigned char>();
    const int levels = trackLevels(layout);
    const auto begin = [&] { beginPairs(placement, pairLayout_, nullptr, framePlaces.as<FrameAddresses>(), pairPlaces.as<PairAddresses>(), stream); };
    begin();
    for (int k = 0; k < 2; k++) {
      const PrepareBatch one{1, framePlaces.as<FrameAddresses>() + k};
      resizeLuma(sources[k].luma, layout, resized.as<float>(), stream);
      buildPyramids(one, layout, levels, stream);
      finishPyramids(one, layout, levels, stream);
      findCorners(one, layout, scratch, options, {}, stream);
    }
    const PrepareBatch one{1, framePlaces.as<FrameAddresses>() + 1};
    const PairBatch pair{1, pairPlaces.as<PairAddresses>()};
    const auto stage = [&](const char* name, const std::function<void(int)>& body) { report(name, corners, 1, timed(stream, 100, body)); };
    stage("stage: resize", [&](int) { resizeLuma(sources[1].luma, layout, resized.as<float>(), stream); });
    stage("stage: pyramid, tracked levels", [&](int) { buildPyramids(one, layout, levels, stream); });
    stage("stage: pyramid, the rest", [&](int) { finishPyramids(one, layout, levels, stream); });
    stage("stage: corners", [&](int) { findCorners(one, layout, scratch, options, {}, stream); });
    TrackOptions tracking;
    tracking.levels = levels;
    stage("stage: places and guesses", [&](int) { begin(); });
    stage("stage: difference", [&](int) { differencesInPlace(pair, layout, pairLayout_, stream); });
    SelectionOptions selecting;
    selecting.trackLevels = tracking.levels;
    DeviceBuffer randomNumbers(1600 * sizeof(unsigned), "a benchmark"), answer(sizeof(DeviceAnswer), "a benchmark");
    std::vector<std::uint32_t> throws(1600);
    for (int i = 0; i < 1600; i++) throws[i] = 2654435761u * (i + 1) ^ throws[i / 2] << 7;
    cudaCheck(cudaMemcpy(randomNumbers.data(), throws.data(), randomNumbers.bytes(), cudaMemcpyHostToDevice), "upload");
    cudaCheck(cudaDeviceSynchronize(), "upload");
    stage("stage: follow corners", [&](int) { followCorners(pair, layout, pairLayout_, tracking, false, stream); });
    stage("stage: ladder", [&](int) { selectModels(pair, layout, pairLayout_, Pass::first, selecting, randomNumbers.as<unsigned>(), 0, answer.as<DeviceAnswer>(), stream); });
  }
  return there ? 0 : 1;
}
