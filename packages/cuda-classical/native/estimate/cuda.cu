#include <device/cuda-check.hpp>

#include "../model-selection/select-model.cuh"
#include "estimate.hpp"
#include "stages.hpp"

namespace gimbal {
namespace device {
namespace {

constexpr double kFailing = 0.4;

/// Between source and analysis pixels, pixel centres on integers in both.
__device__ Mat3 resizing(double fromWidth, double fromHeight, double toWidth, double toHeight) {
  const double sx = toWidth / fromWidth, sy = toHeight / fromHeight;
  return Mat3{sx, 0, (sx - 1) / 2, 0, sy, (sy - 1) / 2, 0, 0, 1};
}

__device__ double largestCornerShift(const Mat3& h, int width, int height) {
  double most = 0;
  for (int k = 0; k < 4; k++) {
    const double x = k % 2 ? width - 1 : 0, y = k / 2 ? height - 1 : 0;
    const Point p = apply(h, x, y);
    most = fmax(most, hypot(p.x - x, p.y - y));
  }
  return most;
}

__device__ void setGuess(PairState& s, int at, const double* h) {
  for (int i = 0; i < 9; i++) s.guesses[at][i] = h[i];
}

__global__ void begin(LaunchArguments placement, PairLayout layout, const PairQuestion* questions, FrameAddresses* frames, PairAddresses* pairs) {
  const int p = threadIdx.x;
  if (p < placement.frames) {
    frames[p] = {placement.frame[p], placement.scratch + p % PrepareBatch::kMost * placement.scratchBytes,
                 reinterpret_cast<float*>(placement.resized + p * placement.resizedBytes)};
  }
  if (p >= placement.pairs) return;
  unsigned char* pair = placement.pair + p * placement.pairBytes;
  pairs[p] = {placement.previous[p], placement.current[p], pair};
  PairState& s = *reinterpret_cast<PairState*>(pair + layout.state);
  const double still[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  setGuess(s, 0, still);
  s.guessCount = 1;
  if (placement.guessed >> p & 1u) setGuess(s, s.guessCount++, questions[p].guess);
  s.finest = 0;
  s.accepted = 0;
  s.doubtful = 0;
  s.likeness = 1;
}

/// Everything a block needs to know of its pair.
struct Scene {
  const unsigned char* previous;
  unsigned char* current;
  unsigned char* pair;
  int width, height, corners;
  bool contrast, content;
};

__device__ DeviceAnswer blank() {
  DeviceAnswer a{};
  a.h[0] = a.h[4] = a.h[8] = 1;
  a.verdict = static_cast<int>(Verdict::weak);
  return a;
}

/// The end of estimatePair: verdict, inliers and trust. All threads give the same answer.
__device__ DeviceAnswer conclude(const Scene& scene, const FrameLayout& layout, const PairLayout& pairs, const PairState& state,
                                 const Solution& solution, const float* trust, SelectionMemory& memory) {
  const Track* tracks = reinterpret_cast<const Track*>(scene.pair + pairs.tracks[state.accepted]);
  unsigned char* inlier = scene.pair + pairs.inlier;
  float* next = reinterpret_cast<float*>(scene.current + layout.trust);
  DeviceAnswer a = blank();
  a.tracked = solution.tracked;
  a.inliers = solution.inliers;
  a.coverage = solution.coverage;
  a.cornerSigma = solution.fit.cornerSigma;
  a.scale = solution.fit.scale;
  a.model = static_cast<int>(solution.model);
  a.confidence = device::confidenceOf(solution, scene.corners);
  a.verdict = static_cast<int>(a.confidence >= 0.2 ? Verdict::ok : Verdict::weak);
  const bool moving = solution.model != Model::identity;
  if (threadIdx.x < kCells) memory.counts[threadIdx.x] = memory.followed[threadIdx.x] = 0;
  __syncthreads();
  const double threshold = kInlierThreshold * solution.pixel;
  for (int i = threadIdx.x; i < scene.corners; i += kBlock) {
    const Track& t = tracks[i];
    bool in = false;
    if (t.ok && moving) {
      const Point p = apply(solution.h, t.x, t.y);
      const double ex = p.x - t.u, ey = p.y - t.v;
      in = ex * ex + ey * ey < threshold * threshold;
    }
    inlier[i] = in;
    if (!t.ok) continue;
    const int cell = cellOf(t.u, t.v, scene.width, scene.height);
    atomicAdd(&memory.counts[cell], 1);
    if (in) atomicAdd(&memory.followed[cell], 1);
  }
  __syncthreads();
  const bool ok = a.verdict == static_cast<int>(Verdict::ok);
  const bool cut = !ok && scene.content && state.likeness < 0.5 && solution.tracked < 0.25 * scene.corners;
  if (moving) {
    const double w = scene.width, h = scene.height, sw = layout.sourceWidth, sh = layout.sourceHeight;
    const Mat3 full = normalized(multiply(resizing(w, h, sw, sh), multiply(solution.h, resizing(sw, sh, w, h))));
    for (int i = 0; i < 9; i++) a.h[i] = full[i];
  }
  const bool repeated = state.difference[1] < 0.01 && state.difference[0] < 0.3 && state.difference[2] < 3 && scene.contrast && moving &&
                        largestCornerShift(solution.h, scene.width, scene.height) < 0.1;
  if (threadIdx.x < kCells) {
    constexpr float kMemory = 16;
    float inlierWeight = kMemory * trust[threadIdx.x], count = kMemory;
    for (int i = 0; i < memory.followed[threadIdx.x]; i++) inlierWeight += 1;
    for (int i = 0; i < memory.counts[threadIdx.x]; i++) count += 1;
    next[threadIdx.x] = cut && !repeated ? 1 : ok ? inlierWeight / count : trust[threadIdx.x];
  }
  if (repeated || cut) {
    for (int i = 0; i < 9; i++) a.h[i] = i % 4 == 0;
    a.model = static_cast<int>(Model::identity);
    a.verdict = static_cast<int>(repeated ? Verdict::duplicate : Verdict::cut);
    a.confidence = repeated ? 1 : 0;
  }
  return a;
}

/// One look at one pair. Returns whether the pair is answered.
__device__ bool lookAt(const Scene& scene, const FrameLayout& layout, const PairLayout& pairs, Pass look, const SelectionOptions& options,
                       const unsigned* randomNumbers, DeviceAnswer& out, Solution& solution, SelectionMemory& memory) {
  PairState& state = *reinterpret_cast<PairState*>(scene.pair + pairs.state);
  __shared__ float trust[kCells];
  if (threadIdx.x < kCells) {
    trust[threadIdx.x] = options.continuity ? reinterpret_cast<const float*>(scene.previous + layout.trust)[threadIdx.x] : 1.0f;
  }
  __syncthreads();
  if (look == Pass::first) {
    if (state.difference[0] < 0.02 && state.difference[2] < 0.5 && scene.contrast) {
      if (threadIdx.x < kCells) reinterpret_cast<float*>(scene.current + layout.trust)[threadIdx.x] = trust[threadIdx.x];
      DeviceAnswer a = blank();
      a.verdict = static_cast<int>(Verdict::duplicate);
      a.confidence = 1;
      if (threadIdx.x == 0) {
        out = a;
        state.doubtful = 0;
      }
      for (int i = threadIdx.x; i < scene.corners; i += kBlock) {
        scene.pair[pairs.inlier + i] = 0;
        reinterpret_cast<Track*>(scene.pair + pairs.tracks[0])[i].ok = false;
      }
      return true;
    }
  }
  const int list = look == Pass::first ? 0 : 1 - state.accepted;
  SelectionInput in;
  in.tracks = reinterpret_cast<const Track*>(scene.pair + pairs.tracks[list]);
  in.count = scene.corners;
  in.width = scene.width;
  in.height = scene.height;
  in.pixel = static_cast<float>(1 << state.finest);
  in.randomNumbers = randomNumbers;
  in.trust = trust;
  MatchTable table{scene.pair + pairs.evidence, reinterpret_cast<Mat3*>(scene.pair + pairs.hypotheses), pairs.padded, 0};
  selectModel(in, table, memory, solution);
  __syncthreads();
  const double confidence = device::confidenceOf(solution, scene.corners);
  if (look == Pass::first) {
    const bool doubtful = scene.contrast && scene.corners >= 8 && max(scene.width, scene.height) >= 32 &&
                          (solution.model != Model::homography || confidence < 0.7 || solution.inliers < 0.3 * scene.corners);
    if (doubtful) {
      __syncthreads();
      if (threadIdx.x == 0) {
        state.solution = solution;
        state.doubtful = 1;
        out.pending = 1;
      }
      return false;
    }
  } else {
    const bool eligible = look == Pass::last || device::confidenceOf(state.solution, scene.corners) < kFailing;
    const bool better = eligible && device::qualityOf(solution) > device::qualityOf(state.solution);
    __syncthreads();
    if (threadIdx.x == 0) {
      if (look == Pass::coarse && solution.model != Model::identity) setGuess(state, state.guessCount++, solution.h.data());
      if (better) {
        state.solution = solution;
        state.accepted = list;
      }
      state.finest = 0;
    }
    __syncthreads();
    if (look == Pass::coarse) return false;
    solution = state.solution;
    __syncthreads();
  }
  const DeviceAnswer a = conclude(scene, layout, pairs, state, solution, trust, memory);
  __syncthreads();
  if (threadIdx.x == 0) {
    out = a;
    state.doubtful = 0;
  }
  return true;
}

/// One block a pair, or one for a chain of them.
__global__ void __launch_bounds__(kBlock) selectModelsOfPairs(PairBatch batch, FrameLayout layout, PairLayout pairs, Pass look, SelectionOptions options,
                                                     const unsigned* randomNumbers, int first, DeviceAnswer* answers) {
  __shared__ SelectionMemory memory;
  const int start = options.chained ? first : first + static_cast<int>(blockIdx.x);
  const int end = options.chained ? batch.count : start + 1;
  if (options.chained && look == Pass::first && first > 0 && answers[first - 1].pending) {
    for (int p = first + threadIdx.x; p < end; p += kBlock) answers[p].pending = 1;
    return;
  }
  Solution solution;
  for (int p = start; p < end; p++) {
    Scene scene;
    scene.previous = batch.at[p].previous;
    scene.current = batch.at[p].current;
    scene.pair = batch.at[p].pair;
    const PairState& state = *reinterpret_cast<const PairState*>(scene.pair + pairs.state);
    if (look != Pass::first && !state.doubtful) {
      if (options.chained) return;  // only the pair that stopped the chain is looked at again
      continue;
    }
    const double* a = reinterpret_cast<const double*>(scene.previous + layout.statistics);
    const double* b = reinterpret_cast<const double*>(scene.current + layout.statistics);
    scene.corners = *reinterpret_cast<const int*>(scene.previous + layout.cornerCount);
    scene.width = layout.level[0].width;
    scene.height = layout.level[0].height;
    scene.contrast = a[1] > 1 && b[1] > 1;
    scene.content = a[1] > 6 && b[1] > 6 && scene.corners >= 20;
    const bool answered = lookAt(scene, layout, pairs, look, options, randomNumbers, answers[p], solution, memory);
    __syncthreads();
    if (answered || !options.chained) continue;
    for (int rest = p + 1 + threadIdx.x; rest < end; rest += kBlock) answers[rest].pending = 1;
    return;
  }
}

}  // namespace
}  // namespace device

void beginPairs(const LaunchArguments& placement, const PairLayout& layout, const PairQuestion* questions, FrameAddresses* frames, PairAddresses* pairs,
                CudaStream stream) {
  static_assert(PairBatch::kMost <= 32 && LaunchArguments::kFrames == 64);
  device::begin<<<1, LaunchArguments::kFrames, 0, stream>>>(placement, layout, questions, frames, pairs);
  cudaCheckLaunch("estimate: first guesses");
}

void selectModels(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, Pass look, const SelectionOptions& options,
                const unsigned* randomNumbers, int first, DeviceAnswer* answers, CudaStream stream) {
  const int blocks = options.chained ? 1 : batch.count - first;
  device::selectModelsOfPairs<<<blocks, device::kBlock, 0, stream>>>(batch, frame, pair, look, options, randomNumbers, first, answers);
  cudaCheckLaunch("estimate: selecting models");
}

}  // namespace gimbal
