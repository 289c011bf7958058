#pragma once
#include "../model-selection/match-table.cuh"
#include "../refine/equations.cuh"

namespace gimbal::device {

constexpr int kScored = kBlock / 8;  // hypotheses at a time, eight threads each

struct SearchMemory {
  BlockMemory block;
  double scores[kScored];
  unsigned char valid[kBlock];
};

struct SearchResult {
  Mat3 h;
  int inliers;
  bool found;
};

/// No three of the four nearly on a line, and every triple turned the same way in both frames.
__device__ inline bool consistent(const Point* from, const Point* to, double minArea) {
  for (int skip = 0; skip < 4; skip++) {
    const int a = skip == 0 ? 1 : 0, b = skip <= 1 ? 2 : 1, c = skip <= 2 ? 3 : 2;
    const double before = cross(from[a], from[b], from[c]);
    const double after = cross(to[a], to[b], to[c]);
    if (fabs(before) < minArea || fabs(after) < minArea || (before > 0) != (after > 0)) return false;
  }
  return true;
}

/// The match that a random number selects.
__device__ inline int drawn(const MatchTable t, unsigned randomNumbers, double total) {
  const double at = randomNumbers / 4294967296.0 * total;
  int low = 0, high = t.count;
  while (low < high) {
    const int middle = (low + high) / 2;
    if (at < t.cumulated(middle)) high = middle;
    else low = middle + 1;
  }
  return min(low, t.count - 1);
}

/// The map through the sample of one iteration; false when the sample is of no use. `radius`: see FrameScale.
__device__ __noinline__ inline bool hypothesis(const MatchTable t, const unsigned* randomNumbers, bool projective, double total, int width,
                                               int height, double radius, Mat3& h) {
  const int need = projective ? 4 : 2;
  int index[4];
  Point from[4], to[4];
  for (int k = 0; k < need; k++) {
    index[k] = drawn(t, randomNumbers[k], total);
    for (int j = 0; j < k; j++) {
      if (index[j] == index[k]) return false;
    }
    from[k] = {t.x(index[k]), t.y(index[k])};
    to[k] = {t.u(index[k]), t.v(index[k])};
  }
  if (projective) {
    if (!consistent(from, to, static_cast<double>(width) * height / 400) || !homographyFromFour(from, to, h)) return false;
  } else {
    const double span = radius / 10, dx = from[1].x - from[0].x, dy = from[1].y - from[0].y;
    if (dx * dx + dy * dy < span * span || !similarityFromTwo(from, to, h)) return false;
  }
  return plausible(h, width, height);
}

/// One eighth of Σ w·(1 − e²/t²): every eighth match from this thread's on.
template <bool kProjective>
__device__ inline float scorePart(const Mat3& h, const MatchTable t, float inv) {
  float m[9];
#pragma unroll
  for (int i = 0; i < 9; i++) m[i] = static_cast<float>(h[i]);
  float sum = 0;
#pragma unroll 4
  for (int i = threadIdx.x % 8; i < t.count; i += 8) {
    const float x = t.x(i), y = t.y(i);
    float ex = m[0] * x + m[1] * y + m[2], ey = m[3] * x + m[4] * y + m[5];
    if constexpr (kProjective) {
      const float d = 1.0f / (m[6] * x + m[7] * y + m[8]);
      ex *= d;
      ey *= d;
    }
    ex -= t.u(i);
    ey -= t.v(i);
    const float gain = 1.0f - (ex * ex + ey * ey) * inv;
    sum += gain > 0 ? gain * t.vote(i) : 0;
  }
  return sum;
}

/// Weighted least squares on the inliers of h, linearized about it: two steps.
template <int N>
__device__ __noinline__ bool refit(Mat3& h, const MatchTable t, const FrameScale& f, float threshold, BlockMemory& memory) {
  using Sums = Equations<N>;
  const double limit = static_cast<double>(threshold * threshold);
  for (int step = 0; step < 2; step++) {
    Sums sums{};
    for (int i = threadIdx.x; i < t.count; i += kBlock) {
      const Point p = apply(h, t.x(i), t.y(i));
      const double rx = t.u(i) - p.x, ry = t.v(i) - p.y, e2 = rx * rx + ry * ry;
      if (e2 < limit) addMatch<N>(sums, f, p, rx, ry, t.vote(i) * (1 - e2 / limit), 1, 0, 1);
    }
    blockSums(sums.v, Sums::kValues, memory);
    if (memory.total[Sums::kUsed] < N / 2) return false;
    double a[triangle<N>()], b[N];
#pragma unroll
    for (int i = 0; i < triangle<N>(); i++) a[i] = memory.total[i];
#pragma unroll
    for (int i = 0; i < N; i++) {
      a[i * (i + 1) / 2 + i] += 1e-9;
      b[i] = memory.total[Sums::kTriangle + i];
    }
    if (!factorize<N>(a)) return false;
    solveFactorized<N>(a, b);
    h = moved<N>(h, b, f);
    if (!finite(h)) return false;
  }
  return true;
}

/// Matches within the threshold of a map, and what they carry.
struct Following {
  double inliers, inlierWeight;
};

__device__ inline Following followersOf(const Mat3& h, const MatchTable t, double limit, BlockMemory& memory) {
  double sums[2] = {};
  for (int i = threadIdx.x; i < t.count; i += kBlock) {
    const Point p = apply(h, t.x(i), t.y(i));
    const double ex = p.x - t.u(i), ey = p.y - t.v(i);
    const bool in = ex * ex + ey * ey < limit;
    sums[0] += in;
    sums[1] += in ? t.vote(i) : 0;
  }
  blockSumsOfFew(sums, memory);
  return {sums[0], sums[1]};
}

/// ransac by one block: hypotheses come from the random numbers in the CPU's order and are scored many at a time; who is best so far is then asked
/// one after the other, as there. `randomNumbers` holds the throws of options.seed.
__device__ inline SearchResult search(const MatchTable t, Model model, const RansacOptions& o, const unsigned* randomNumbers, double total,
                                      SearchMemory& memory) {
  SearchResult best{kIdentity, 0, false};
  const bool projective = model == Model::homography;
  const int need = projective ? 4 : 2;
  if (t.count < need || !(total > 0)) return best;
  const FrameScale f = frameScale(o.width, o.height);
  const float inv = 1.0f / (o.threshold * o.threshold);
  const double near = static_cast<double>(o.threshold) * o.threshold, unsure = log(1 - o.assurance);
  double bestScore = 0;
  int limit = o.maxIterations;
  for (int base = 0; base < limit; base += kBlock) {
    const int iteration = base + static_cast<int>(threadIdx.x);
    Mat3 made = kIdentity;
    memory.valid[threadIdx.x] =
        iteration < o.maxIterations && hypothesis(t, randomNumbers + iteration * need, projective, total, o.width, o.height, f.radius, made);
    t.hypotheses[threadIdx.x] = made;
    __syncthreads();
    for (int first = 0; first < kBlock && base + first < limit; first += kScored) {
      const int slot = threadIdx.x / 8;
      float part = 0;
      if (memory.valid[first + slot]) {
        const Mat3 h = t.hypotheses[first + slot];
        part = projective ? scorePart<true>(h, t, inv) : scorePart<false>(h, t, inv);
      }
      __syncwarp();
      double score = 0;
#pragma unroll
      for (int k = 0; k < 8; k++) score += __shfl_sync(0xffffffffu, part, k, 8);
      if (threadIdx.x % 8 == 0) memory.scores[slot] = score;
      __syncthreads();
      for (int next = 0; next < kScored;) {
        const int lane = threadIdx.x % 32;
        const bool better = lane >= next && base + first + lane < limit && memory.scores[lane] > bestScore;
        const unsigned votes = __ballot_sync(0xffffffffu, better);
        if (votes == 0) break;
        const int winner = __ffs(votes) - 1;
        next = winner + 1;
        Mat3 h = t.hypotheses[first + winner];
        bestScore = memory.scores[winner];
        Mat3 local = h;
        const bool fitted = projective ? refit<8>(local, t, f, o.threshold, memory.block)
                                       : refit<4>(local, t, f, o.threshold, memory.block);
        // Score of the refitted map and who follows it, in one look at the matches.
        const bool able = fitted && plausible(local, o.width, o.height);
        float m[9];
#pragma unroll
        for (int i = 0; i < 9; i++) m[i] = static_cast<float>(local[i]);
        double sums[3] = {};
        for (int i = threadIdx.x; able && i < t.count; i += kBlock) {
          const float x = t.x(i), y = t.y(i), u = t.u(i), v = t.v(i), vote = t.vote(i);
          const float d = 1.0f / (m[6] * x + m[7] * y + m[8]);
          const float ex = (m[0] * x + m[1] * y + m[2]) * d - u, ey = (m[3] * x + m[4] * y + m[5]) * d - v;
          const float gain = 1.0f - (ex * ex + ey * ey) * inv;
          sums[0] += gain > 0 ? gain * vote : 0;
          const Point p = apply(local, x, y);
          const double dx = p.x - u, dy = p.y - v;
          const bool in = dx * dx + dy * dy < near;
          sums[1] += in;
          sums[2] += in ? vote : 0;
        }
        blockSumsOfFew(sums, memory.block);
        Following following{sums[1], sums[2]};
        if (able && sums[0] > bestScore) {
          bestScore = sums[0];
          h = local;
        } else {
          following = followersOf(h, t, near, memory.block);
        }
        best.h = h;
        best.found = true;
        best.inliers = static_cast<int>(following.inliers);
        const double share = following.inlierWeight / total;
        const double good = projective ? share * share * share * share : share * share;
        if (good >= 1 - 1e-12) {
          limit = 0;
          break;
        }
        const double wanted = unsure / log(1 - good);
        limit = min(limit, max(20, static_cast<int>(ceil(fmin(wanted, 1e6)))));
      }
      __syncthreads();
    }
    __syncthreads();
  }
  return best;
}

}  // namespace gimbal::device
