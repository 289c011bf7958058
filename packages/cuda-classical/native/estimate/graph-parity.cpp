// Plain launches against recorded graphs: the same bits of every answer, every track and the trust that a frame carries on, over many
// rounds of frame sequences (odd sizes, cuts, repeats, flat frames, sizes that change from pair to pair), alone and in batches.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <measure/expect.hpp>
#include <string>
#include <vector>

#include "../synthetic/device.hpp"
#include "../synthetic/synthetic.hpp"
#include "device-estimator.hpp"

using namespace gimbal;

namespace {

using synthetic::Image;

bool sameBits(const Estimate& a, const Estimate& b) {
  return a.h == b.h && a.model == b.model && a.verdict == b.verdict && a.confidence == b.confidence && a.tracked == b.tracked &&
         a.inliers == b.inliers && a.coverage == b.coverage && a.cornerSigma == b.cornerSigma && a.scale == b.scale;
}

/// What is said about a lost point means nothing, and differs from run to run.
bool sameTrack(const Track& a, const Track& b) {
  if (a.x != b.x || a.y != b.y || a.ok != b.ok) return false;
  const auto equal = [](const float* p, const float* q, int n) { return std::equal(p, p + n, q); };
  return !a.ok || (a.u == b.u && a.v == b.v && equal(a.info, b.info, 3) && equal(a.slopeX, b.slopeX, 4) && equal(a.slopeY, b.slopeY, 4) &&
                   a.residual == b.residual && a.correlation == b.correlation && a.backward == b.backward);
}

Image flat(int w, int h, int level) { return {w, h, std::vector<std::uint8_t>(static_cast<std::size_t>(w) * h, static_cast<std::uint8_t>(level))}; }

/// A clip whose frames lie in host memory and on the device, there with rows longer than the picture.
struct Clip {
  const char* name;
  std::vector<Image> images;
  std::vector<DeviceBuffer> there;
  std::vector<LumaSource> sources;

  Clip(const char* name, std::vector<Image> list) : name(name), images(std::move(list)) {
    for (std::size_t i = 0; i < images.size(); i++) {
      Luma luma = images[i].luma();
      if (i % 2 == 1) {
        const std::size_t pitch = luma.width + 13;
        there.emplace_back(pitch * luma.height, "a parity test");
        cudaCheck(cudaMemcpy2D(there.back().data(), pitch, luma.data, luma.stride, luma.width, luma.height, cudaMemcpyHostToDevice), "upload");
        luma.data = there.back().data();
        luma.stride = static_cast<std::ptrdiff_t>(pitch);
      }
      sources.push_back({luma, i % 2 == 1, nullptr});
    }
    cudaCheck(cudaDeviceSynchronize(), "upload");
  }
  int pairs() const { return static_cast<int>(images.size()) - 1; }
};

/// Moving, with an object of its own motion that grows; from `jump` on the view has leapt, so that a pair in the middle is uncertain.
std::vector<Image> moving(int w, int h, int count, int jump) {
  std::vector<Image> images;
  synthetic::SceneOptions o;
  for (int i = 0; i < count; i++) {
    o.movingX = 5 * i;
    o.movingY = -3 * i;
    o.movingArea = 0.3 + 0.04 * i;
    const double leap = i >= jump ? 0.2 * w : 0;
    images.push_back(synthetic::render(w, h, synthetic::motion(w, h, leap - 1.5 * i, 0.5 * i, 0.1 * i, 1), true, i + 1, o));
  }
  return images;
}

std::vector<Clip> clipsOf(bool small) {
  std::vector<Clip> clips;
  const int w = small ? 160 : 320, h = small ? 100 : 200;
  clips.emplace_back("a leap", moving(w, h, small ? 5 : 9, small ? 3 : 5));
  clips.emplace_back("an odd size", moving(small ? 171 : 643, small ? 93 : 363, small ? 3 : 5, 100));
  synthetic::SceneOptions other;
  other.seed = 99;
  const Image a = clips[0].images[0], b = clips[0].images[1];
  const Image c = synthetic::render(w, h, kIdentity, false, 5, other);
  const Image d = synthetic::render(w, h, synthetic::motion(w, h, 2, 1, 0, 1), true, 6, other);
  const Image gray = flat(w, h, 90);
  clips.emplace_back("cuts, repeats, flat frames", small ? std::vector<Image>{a, a, gray, c, d} : std::vector<Image>{a, a, gray, gray, c, d, d, a, b});
  clips.emplace_back("a thumbnail", moving(33, 21, 3, 100));
  clips.emplace_back("a pixel", std::vector<Image>{flat(1, 1, 7), flat(1, 1, 9), flat(1, 1, 7)});
  return clips;
}

CellTrust trustOf(const DeviceFrame& frame) {
  CellTrust trust;
  cudaCheck(cudaMemcpy(trust.data(), frame.memory.as<unsigned char>() + frame.layout.trust, sizeof trust, cudaMemcpyDeviceToHost), "download");
  return trust;
}

bool sameTrust(const CellTrust& a, const CellTrust& b) { return std::memcmp(a.data(), b.data(), sizeof a) == 0; }

/// One pair after the other, with tracks, as frames come and go: three frames' memory takes turns.
struct Walk {
  DeviceEstimator estimator;
  DeviceFrame ring[3];
  std::vector<Track> tracks;
  std::vector<std::uint8_t> inlier;
  Walk(const Settings& settings, Launching launching) : estimator(settings, 0, launching) {}

  Estimate step(const Clip& clip, int i, int turn, const Mat3* guess) {
    DeviceFrame &p = ring[(i + turn) % 3], &q = ring[(i + 1 + turn) % 3];
    if (i == 0) p.ready = false;
    q.ready = false;
    return estimator.trace({&p, clip.sources[i], &q, clip.sources[i + 1], guess}, tracks, inlier);
  }
  /// The same pair, now that both frames are prepared.
  Estimate again(const Clip& clip, int i, int turn, const Mat3* guess) {
    const DevicePair pair{&ring[(i + turn) % 3], clip.sources[i], &ring[(i + 1 + turn) % 3], clip.sources[i + 1], guess};
    return estimator.estimate(&pair, 1)[0];
  }
  CellTrust trust(int i, int turn) const { return trustOf(ring[(i + 1 + turn) % 3]); }
};

void alone(Expect& expect, const std::vector<Clip>& clips, const Settings& settings, int rounds) {
  Walk plain(settings, Launching::plain), graph(settings, Launching::graph);
  long pairs = 0;
  const auto both = [&](const Clip& clip, int i, int round) {
    const int w = clip.images[0].width, h = clip.images[0].height;
    const Mat3 near = synthetic::motion(w, h, 2.5, -1, 0, 1);
    const Mat3* guess = (round + i) % 5 == 4 ? &near : nullptr;
    const Estimate a = plain.step(clip, i, round, guess), b = graph.step(clip, i, round, guess);
    const std::string name = std::string(clip.name) + ", pair " + std::to_string(i) + ", round " + std::to_string(round);
    expect.that(sameBits(a, b), name + ": the graph says something else");
    bool same = plain.tracks.size() == graph.tracks.size() && plain.inlier == graph.inlier;
    for (std::size_t k = 0; same && k < plain.tracks.size(); k++) same = sameTrack(plain.tracks[k], graph.tracks[k]);
    expect.that(same, name + ": the graph's tracks differ");
    expect.that(sameTrust(plain.trust(i, round), graph.trust(i, round)), name + ": the graph leaves another trust");
    pairs++;
    if (i % 2 != 0) return;
    expect.that(sameBits(graph.again(clip, i, round, guess), a), name + ": the graph says something else of prepared frames");
    expect.that(sameTrust(plain.trust(i, round), graph.trust(i, round)), name + ": the graph leaves another trust with prepared frames");
    pairs++;
  };
  for (int round = 0; round < rounds; round++) {
    for (const Clip& clip : clips) {
      for (int i = 0; i < clip.pairs(); i++) both(clip, i, round);
    }
    // A size a pair.
    for (const Clip& clip : clips) both(clip, 0, round);
  }
  expect.that(plain.estimator.graphs().launched() == 0, "plain launches that were none");
  expect.that(graph.estimator.graphs().failure().empty(), "no graph: " + graph.estimator.graphs().failure());
  // Shapes (two frames to prepare, one, none) are met once before they are recorded, some again after memory has grown.
  const long least = pairs - 3 * static_cast<long>(clips.size()) - 6;
  expect.that(graph.estimator.graphs().launched() >= least, "only " + std::to_string(graph.estimator.graphs().launched()) + " graphs launched");
  std::printf("alone: %ld pairs, %ld by graphs of up to %zu nodes\n", pairs, graph.estimator.graphs().launched(), graph.estimator.graphs().nodes());
}

/// A clip forth and back, `count` frames, from which batches of all sizes are taken; `linked` pairs follow one another.
void together(Expect& expect, const Clip& clip, const Settings& settings, int count, bool linked, const std::vector<int>& sizes, int rounds,
              const std::vector<Launching>& ways) {
  const int n = static_cast<int>(clip.images.size());
  const auto pictureOf = [n](int i) { return i % (2 * n - 2) < n ? i % (2 * n - 2) : 2 * n - 2 - i % (2 * n - 2); };
  const auto walk = [&](DeviceEstimator& estimator, std::vector<DeviceFrame>& frames, int batch, int turn) {
    std::vector<DevicePair> pairs;
    const auto frame = [&](int i) { return &frames[(i + turn) % frames.size()]; };
    for (int i = 0; i + 1 < count; i++) {
      const int p = linked ? i : 2 * i;
      pairs.push_back({frame(p), clip.sources[pictureOf(i)], frame(p + 1), clip.sources[pictureOf(i + 1)]});
    }
    for (DeviceFrame& f : frames) f.ready = false;
    std::vector<Estimate> all;
    for (int from = 0; from < static_cast<int>(pairs.size()); from += batch) {
      const std::vector<Estimate> some = estimator.estimate(pairs.data() + from, std::min(batch, static_cast<int>(pairs.size()) - from));
      all.insert(all.end(), some.begin(), some.end());
    }
    std::vector<CellTrust> trust;
    for (const DevicePair& pair : pairs) trust.push_back(trustOf(*pair.current));
    return std::pair(all, trust);
  };
  const std::string kind = std::string(linked ? "chain" : "independent pairs") + (settings.continuity ? ", continuity" : "");
  const std::size_t held = linked ? count : 2 * (count - 1);
  DeviceEstimator reference(settings, 0, Launching::plain);
  std::vector<DeviceFrame> first(held);
  const auto [wanted, wantedTrust] = walk(reference, first, 1, 0);
  for (const Launching launching : ways) {
    DeviceEstimator estimator(settings, 0, launching);
    std::vector<DeviceFrame> frames(held);
    for (int round = 0; round < rounds; round++) {
      for (const int batch : sizes) {
        const auto [answers, trust] = walk(estimator, frames, batch, round);
        for (std::size_t i = 0; i < answers.size(); i++) {
          const std::string name = kind + ", batches of " + std::to_string(batch) + ", way " + std::to_string(int(launching)) + ", round " +
                                   std::to_string(round) + ", pair " + std::to_string(i);
          expect.that(sameBits(answers[i], wanted[i]), name + ": other than alone by plain launches");
          expect.that(sameTrust(trust[i], wantedTrust[i]), name + ": another trust");
        }
      }
    }
    const auto& graphs = estimator.graphs();
    expect.that(graphs.failure().empty(), "no graph: " + graphs.failure());
    const bool some = graphs.launched() > 0;
    expect.that(launching == Launching::plain ? !some : launching == Launching::graph ? some : true,
                kind + ": " + std::to_string(graphs.launched()) + " graphs launched");
    std::printf("%s, way %d: %ld graphs of up to %zu nodes\n", kind.c_str(), int(launching), graphs.launched(), graphs.nodes());
  }
}

/// What cannot be recorded is launched plainly, and says why.
void fallback(Expect& expect) {
  Stream stream;
  DeviceBuffer memory(4, "a parity test");
  LaunchGraphs<int> graphs;
  int put = 0, value = 0;
  const auto fill = [&](int with, bool waiting) {
    put++;
    cudaCheck(cudaMemsetAsync(memory.data(), with, 4, stream), "filling");
    cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
    cudaCheck(cudaStreamIsCapturing(stream, &status), "asking for the recording");
    if (waiting && status != cudaStreamCaptureStatusNone) stream.synchronize();  // forbidden there
  };
  const auto read = [&] {
    stream.synchronize();
    cudaCheck(cudaMemcpy(&value, memory.data(), 4, cudaMemcpyDeviceToHost), "download");
    return value;
  };
  const auto clear = [&] {
    cudaCheck(cudaMemsetAsync(memory.data(), 0, 4, stream), "filling");
  };
  for (int i = 0; i < 5; i++) {
    clear();
    graphs.launch(1, stream, [&] { fill(1, false); });
    expect.that(read() == 0x01010101, "a graph's work was not done");
  }
  expect.that(put == 2 && graphs.launched() == 4, "launched once, recorded once, then replayed");
  expect.that(graphs.failure().empty(), "nothing failed yet");
  put = 0;
  for (int i = 0; i < 4; i++) {
    clear();
    graphs.launch(2, stream, [&] { fill(2, true); });
    expect.that(read() == 0x02020202, "what could not be recorded was not launched either");
  }
  expect.that(put == 5 && graphs.launched() == 4, "launched, tried once, launched plainly ever after");
  expect.that(graphs.failure().find("cudaErrorStreamCapture") != std::string::npos, "the cause is not told: " + graphs.failure());
  graphs.launch(1, stream, [&] { fill(9, false); });
  expect.that(read() == 0x01010101 && graphs.launched() == 5, "the graph recorded before still works");
  std::printf("refused as it should be: %s\n", graphs.failure().c_str());
}

}  // namespace

int main(int argc, char**) {
  if (!synthetic::deviceThere()) return synthetic::kSkipped;
  const bool small = argc > 1;  // any argument: a few cases only, for slow checkers
  return runParity([small](Expect& expect) {
    const std::vector<Clip> clips = clipsOf(small);
    for (const int corners : {400, 1000}) {
      if (small && corners != 400) continue;
      for (const bool continuity : {true, false}) {
        if (small && !continuity) continue;
        Settings settings;
        settings.corners = corners;
        settings.continuity = continuity;
        alone(expect, clips, settings, small ? 2 : 25);
        const std::vector<int> sizes = small ? std::vector<int>{10} : std::vector<int>{1, 2, 3, 8, 9, 17, 32};
        const std::vector<Launching> ways =
            small ? std::vector<Launching>{Launching::graph} : std::vector<Launching>{Launching::plain, Launching::graph, Launching::measured};
        for (const bool linked : {true, false}) together(expect, clips[0], settings, small ? 11 : 33, linked, sizes, small ? 2 : 3, ways);
      }
    }
    if (!small) fallback(expect);  // a checker takes the refused call for an error
  });
}
