#include <device/cuda-check.hpp>

#include "../shi-tomasi/shi-tomasi.hpp"
#include "cuda.hpp"
#include "template.cuh"

// The way of one point through the pyramid: track.hpp, a warp a point.
namespace gimbal {
namespace {

using namespace device;

constexpr int kPoints = 4;  // of a block
constexpr float kOverhang = 4;

struct Position {
  float x, y;
};

__device__ bool reachable(const View& p, Position at) {
  return at.x > -kOverhang && at.y > -kOverhang && at.x < p.width - 1 + kOverhang && at.y < p.height - 1 + kOverhang;
}

__device__ bool descend(const Template& t, const View& p, Position& at, int iterations, float enough) {
  const Position start = at;
  float window[kWindow];
  for (int i = 0; i < iterations; i++) {
    if (!reachable(p, at)) return false;
    sampleWindow(p, at.x, at.y, window);
    const Step d = stepOf(t, window);
    at.x -= d.x;
    at.y -= d.y;
    const float gone = (at.x - start.x) * (at.x - start.x) + (at.y - start.y) * (at.y - start.y);
    if (!(gone < kWindow * kWindow / 2.0f)) return false;
    if (d.x * d.x + d.y * d.y < enough * enough) break;
  }
  return true;
}

__device__ Position guessed(const double* h, const Track& track, float scale) {
  const float w = static_cast<float>(h[6] * track.x + h[7] * track.y + h[8]);
  return {static_cast<float>(h[0] * track.x + h[1] * track.y + h[2]) / w * scale,
          static_cast<float>(h[3] * track.x + h[4] * track.y + h[5]) / w * scale};
}

/// Where the point lies on the finest level, its template left in `t`; false when it is lost.
__device__ bool locate(const float* previous, const float* current, const FrameLayout& layout, const PairState& pair,
                       const TrackOptions& options, int top, int finest, const Track& track, Template& t, float (&raw)[kWindow],
                       Position& at, float (&window)[kWindow]) {
  float scale = 1.0f / static_cast<float>(1 << top);
  at = guessed(pair.guesses[0], track, scale);
  for (int level = top; level >= finest; level--) {
    const View from = viewOf(previous, layout.level[level]), to = viewOf(current, layout.level[level]);
    buildTemplate(from, track.x * scale, track.y * scale, t, &raw);
    if (t.ok && level == top && pair.guessCount > 1) {
      float best = -2;
      for (int g = 0; g < pair.guessCount; g++) {
        const Position here = guessed(pair.guesses[g], track, scale);
        if (!reachable(to, here)) continue;
        sampleWindow(to, here.x, here.y, window);
        const float correlation = compare(t, window).correlation;
        if (correlation > best) {
          best = correlation;
          at = here;
        }
      }
    }
    if (level > finest) {
      const Position start = at;
      if (t.ok && !descend(t, to, at, options.coarseIterations, 0.04f)) at = start;
      at = {at.x * 2, at.y * 2};
      scale *= 2;
    }
  }
  const View to = viewOf(current, layout.level[finest]);
  if (!t.ok || !descend(t, to, at, options.fineIterations, 0.06f)) return false;
  for (int i = 0; i < options.finalIterations; i++) {
    if (!reachable(to, at)) return false;
    sampleSixTap(to, at.x, at.y, window);
    const Step d = stepOf(t, window);
    at.x -= d.x;
    at.y -= d.y;
    if (d.x * d.x + d.y * d.y < 0.004f * 0.004f) break;
  }
  return at.x >= 0 && at.y >= 0 && at.x <= to.width - 1 && at.y <= to.height - 1;
}

__device__ void follow(const float* previous, const float* current, const FrameLayout& layout, const PairState& pair,
                       const TrackOptions& options, Track& track) {
  Template t;
  float raw[kWindow], window[kWindow];
  Position at;
  const int top = min(options.levels, layout.levels) - 1, finest = min(pair.finest, top);
  if (!locate(previous, current, layout, pair, options, top, finest, track, t, raw, at, window)) return;
  const float pixel = static_cast<float>(1 << finest), scale = 1.0f / pixel;
  const Fit fit = compare(t, window);
  track.u = at.x * pixel;
  track.v = at.y * pixel;
  for (int k = 0; k < 3; k++) track.info[k] = t.h[k] / (pixel * pixel);
  slopes(t, raw, track.slopeX, track.slopeY);
  for (int k = 0; k < 4; k++) {
    track.slopeX[k] *= pixel;
    track.slopeY[k] *= pixel;
  }
  track.residual = fit.residual;
  track.correlation = fit.correlation;
  if (!(fit.correlation >= options.minCorrelation)) return;
  const View from = viewOf(previous, layout.level[finest]), to = viewOf(current, layout.level[finest]);
  buildTemplate(to, at.x, at.y, t, nullptr);
  Position home = {track.x * scale, track.y * scale};
  if (!t.ok || !descend(t, from, home, 4, 0.03f)) return;
  const float ex = home.x - track.x * scale, ey = home.y - track.y * scale;
  const float distance = sqrtf(ex * ex + ey * ey);
  track.backward = distance * pixel;
  track.ok = distance <= options.maxBackward;
}

__global__ void __launch_bounds__(32 * kPoints) followPoints(PairBatch batch, FrameLayout layout, PairLayout pairs, TrackOptions options,
                                                            bool again) {
  const unsigned char* previous = batch.at[blockIdx.y].previous;
  unsigned char* pair = batch.at[blockIdx.y].pair;
  const PairState& state = *reinterpret_cast<const PairState*>(pair + pairs.state);
  if (again && !state.doubtful) return;
  const int i = blockIdx.x * kPoints + threadIdx.x / 32;
  if (i >= *reinterpret_cast<const int*>(previous + layout.cornerCount)) return;
  const Corner corner = reinterpret_cast<const Corner*>(previous + layout.corners)[i];
  Track track;
  track.x = static_cast<float>(corner.x) + 0.5f;
  track.y = static_cast<float>(corner.y) + 0.5f;
  follow(reinterpret_cast<const float*>(previous), reinterpret_cast<const float*>(batch.at[blockIdx.y].current), layout, state, options, track);
  const int list = again ? 1 - state.accepted : 0;
  if (threadIdx.x % 32 == 0) reinterpret_cast<Track*>(pair + pairs.tracks[list])[i] = track;
}

}  // namespace

void followCorners(const PairBatch& batch, const FrameLayout& frame, const PairLayout& pair, const TrackOptions& options, bool again,
                   CudaStream stream) {
  const dim3 grid((frame.cornerCapacity + kPoints - 1) / kPoints, batch.count);
  followPoints<<<grid, 32 * kPoints, 0, stream>>>(batch, frame, pair, options, again);
  cudaCheckLaunch("lucas-kanade: following the corners");
}

}  // namespace gimbal
