#pragma once
#include "../ransac/search.cuh"
#include "../refine/fit.cuh"
#include "model-selection.hpp"

// model selection by one block: that of cpu.cpp, step for step.
namespace gimbal::device {

struct SelectionMemory {
  SearchMemory search;
  int counts[kCells];
  int followed[kCells];
  unsigned seen[2];
};

struct SelectionInput {
  const Track* tracks;
  int count;
  int width, height;
  float pixel;
  const unsigned* randomNumbers;
  const float* trust;
};

__device__ inline int cellOf(float x, float y, int width, int height) {
  const int c = min(max(static_cast<int>(x * kCellCols / width), 0), kCellCols - 1);
  const int r = min(max(static_cast<int>(y * kCellRows / height), 0), kCellRows - 1);
  return r * kCellCols + c;
}

/// A solution before anything is known. (Its own initializers name a constant of the host.)
__device__ inline void clear(Solution& s) {
  s.h = kIdentity;
  s.model = Model::identity;
  s.fit.h = kIdentity;
  s.fit.cornerSigma = 1e9;
  s.fit.scale = s.fit.support = 0;
  s.fit.ok = false;
  s.share = s.inlierWeight = s.score = s.coverage = 0;
  s.inliers = s.tracked = 0;
  s.pixel = 1;
}

/// The tracks that came home, in their order, with their votes and covariances. Returns the sum of the votes.
__device__ inline double collect(const SelectionInput& in, MatchTable& t, SelectionMemory& memory) {
  BlockMemory& block = memory.search.block;
  if (threadIdx.x < kCells) memory.counts[threadIdx.x] = 0;
  __syncthreads();
  int count = 0;
  for (int first = 0; first < in.count; first += kBlock) {
    const int i = first + threadIdx.x;
    const bool ok = i < in.count && in.tracks[i].ok;
    int total = 0;
    const int place = count + blockBefore(ok, total, block);
    count += total;
    if (!ok) continue;
    const Track& track = in.tracks[i];
    t.x(place) = track.x;
    t.y(place) = track.y;
    t.owner(place) = i;
    t.u(place) = track.u;
    t.v(place) = track.v;
    covarianceOf(track.info, track.residual, t.xx(place), t.xy(place), t.yy(place));
    atomicAdd(&memory.counts[cellOf(track.x, track.y, in.width, in.height)], 1);
  }
  t.count = count;
  __syncthreads();
  constexpr float kLeastVote = 0.3f;
  double votes = 0;
  for (int first = 0; first < count; first += kBlock) {
    const int i = first + threadIdx.x;
    float vote = 0;
    if (i < count) {
      const double x = 2.0 * t.x(i) / in.width - 1, y = 2.0 * t.y(i) / in.height - 1;
      const double out = fmax(fabs(x), fabs(y));
      const int cell = cellOf(t.x(i), t.y(i), in.width, in.height);
      const float crowd = static_cast<float>(memory.counts[cell]);
      vote = fminf(1.0f, 2 / crowd) * static_cast<float>(0.6 + out * out) * (kLeastVote + (1 - kLeastVote) * in.trust[cell]);
      t.vote(i) = vote;
      t.weight(i) = fminf(1.0f, 8 / crowd);
    }
    double total = 0;
    const double running = blockRunningSum(vote, total, block);
    if (i < count) t.cumulated(i) = votes + running;
    votes += total;
  }
  __syncthreads();
  return votes;
}

/// See straightenEvidence.
__device__ inline void straighten(const SelectionInput& in, const Mat3& h, const MatchTable t) {
  for (int i = threadIdx.x; i < t.count; i += kBlock) {
    const Track& k = in.tracks[t.owner(i)];
    const double w = h[6] * k.x + h[7] * k.y + h[8];
    const Point p = apply(h, k.x, k.y);
    const double ux = (h[0] - p.x * h[6]) / w - 1, uy = (h[1] - p.x * h[7]) / w;
    const double vx = (h[3] - p.y * h[6]) / w, vy = (h[4] - p.y * h[7]) / w - 1;
    t.u(i) = k.u - static_cast<float>(k.slopeX[0] * ux + k.slopeX[1] * vx + k.slopeY[0] * uy + k.slopeY[1] * vy);
    t.v(i) = k.v - static_cast<float>(k.slopeX[2] * ux + k.slopeX[3] * vx + k.slopeY[2] * uy + k.slopeY[3] * vy);
  }
  __syncthreads();
}

__device__ __noinline__ void fitModel(Model model, const Mat3& start, const SelectionInput& in, float reach, const MatchTable t,
                                      SelectionMemory& memory, Solution& s) {
  BlockMemory& block = memory.search.block;
  Mat3 h = start;
  FitNumbers numbers{};
  for (int round = 0; round < 2; round++) {
    straighten(in, h, t);
    const float near = round == 0 ? reach : fminf(reach, 3 * in.pixel);
    const int iterations = round == 0 ? 8 : 6;
    numbers = model == Model::homography   ? fit<8>(t, near, iterations, in.width, in.height, h, block)
              : model == Model::similarity ? fit<4>(t, near, iterations, in.width, in.height, h, block)
                                           : fit<2>(t, near, iterations, in.width, in.height, h, block);
    if (!numbers.ok) break;
  }
  clear(s);
  s.h = s.fit.h = h;
  s.model = model;
  s.pixel = in.pixel;
  s.fit.cornerSigma = numbers.cornerSigma;
  s.fit.scale = numbers.scale;
  s.fit.support = numbers.support;
  s.fit.ok = numbers.ok;
  s.tracked = t.count;
  if (threadIdx.x < 2) memory.seen[threadIdx.x] = 0;
  __syncthreads();
  const double threshold = kInlierThreshold * in.pixel, limit = threshold * threshold;
  double sums[4] = {};  // votes, those of the inliers, their score, their number
  for (int i = threadIdx.x; i < t.count; i += kBlock) {
    const Point p = apply(h, t.x(i), t.y(i));
    const double ex = p.x - t.u(i), ey = p.y - t.v(i), e2 = ex * ex + ey * ey;
    sums[0] += t.vote(i);
    if (!(e2 < limit)) continue;
    sums[1] += t.vote(i);
    sums[2] += t.vote(i) * (1 - e2 / limit);
    sums[3] += 1;
    const int cell = cellOf(t.x(i), t.y(i), in.width, in.height);
    atomicOr(&memory.seen[cell / 32], 1u << cell % 32);
  }
  blockSumsOfFew(sums, block);
  s.share = sums[0] > 0 ? sums[1] / sums[0] : 0;
  s.inlierWeight = sums[1];
  s.score = sums[2];
  s.inliers = static_cast<int>(sums[3]);
  s.coverage = (__popc(memory.seen[0]) + __popc(memory.seen[1])) / static_cast<double>(kCells);
  __syncthreads();
}

__device__ inline bool carries(const Solution& s, int width, int height) {
  if (!s.fit.ok || !plausible(s.h, width, height)) return false;
  if (s.model == Model::homography)
    return s.inliers >= 20 && s.fit.support >= 12 && s.coverage >= 0.2 && s.fit.cornerSigma < 0.8 * s.pixel && s.share >= 0.2;
  if (s.model == Model::similarity)
    return s.inliers >= 8 && s.fit.support >= 5 && s.coverage >= 0.06 && s.fit.cornerSigma < 1.5 * s.pixel && s.share >= 0.15;
  return s.inliers >= 4 && s.fit.support >= 2.5 && s.share >= 0.2;
}

__device__ inline Mat3 medianShift(const MatchTable t, BlockMemory& memory) {
  const auto dx = [&](int i) { return orderedBits(t.u(i) - t.x(i)); };
  const auto dy = [&](int i) { return orderedBits(t.v(i) - t.y(i)); };
  int among = 0;
  const double x = fromOrderedBits(blockMedian<32>(t.count, among, memory, dx));
  const double y = fromOrderedBits(blockMedian<32>(t.count, among, memory, dy));
  return Mat3{1, 0, x, 0, 1, y, 0, 0, 1};
}

__device__ __noinline__ void selectModel(const SelectionInput& in, MatchTable& t, SelectionMemory& memory, Solution& best) {
  const double votes = collect(in, t, memory);
  clear(best);
  best.tracked = t.count;
  const int tracked = t.count;
  if (tracked < 3) return;
  RansacOptions sampling;
  sampling.width = in.width;
  sampling.height = in.height;
  sampling.threshold = 2.5f * in.pixel;
  sampling.maxIterations = 300;
  const SearchResult similar = search(t, Model::similarity, sampling, in.randomNumbers, votes, memory.search);
  if (similar.found) {
    Solution full;
    fitModel(Model::homography, similar.h, in, 4 * in.pixel, t, memory, full);
    if (carries(full, in.width, in.height)) best = full;
  }
  if (tracked >= 20 && (best.model != Model::homography || best.share < 0.7)) {
    // The CPU draws from the matches as they were before they were straightened.
    for (int i = threadIdx.x; i < t.count; i += kBlock) {
      t.u(i) = in.tracks[t.owner(i)].u;
      t.v(i) = in.tracks[t.owner(i)].v;
    }
    __syncthreads();
    sampling.threshold = kInlierThreshold * in.pixel;
    sampling.maxIterations = 400;
    const SearchResult general = search(t, Model::homography, sampling, in.randomNumbers, votes, memory.search);
    if (general.found) {
      Solution full;
      fitModel(Model::homography, general.h, in, 2 * in.pixel, t, memory, full);
      if (carries(full, in.width, in.height) && full.score > 1.1 * best.score) best = full;
    }
  }
  if (best.model == Model::homography) return;
  if (similar.found) {
    fitModel(Model::similarity, similar.h, in, 4 * in.pixel, t, memory, best);
    if (carries(best, in.width, in.height)) return;
  }
  fitModel(Model::translation, medianShift(t, memory.search.block), in, 4 * in.pixel, t, memory, best);
  if (carries(best, in.width, in.height)) return;
  clear(best);
  best.tracked = tracked;
}

__device__ inline double confidenceOf(const Solution& s, int corners) {
  if (s.model == Model::identity) return 0;
  const auto clamped = [](double v) { return fmin(fmax(v, 0.0), 1.0); };
  const double agreement = clamped((s.share - 0.1) / 0.4);
  const double spread = clamped(s.coverage / 0.4);
  const double precision = 1 / (1 + s.fit.cornerSigma * s.fit.cornerSigma / 2);
  const double found = clamped(s.inliers / (0.1 * corners));
  return (s.pixel > 1 ? 0.7 : 1.0) * clamped(found * sqrt(agreement) * sqrt(spread) * precision);
}

__device__ inline double qualityOf(const Solution& s) {
  if (s.model == Model::identity) return 0;
  const double precision = 1 / (1 + s.fit.cornerSigma * s.fit.cornerSigma / 2);
  return (s.pixel > 1 ? 0.6 : 1.0) * s.inlierWeight * sqrt(s.coverage) * precision;
}

}  // namespace gimbal::device
