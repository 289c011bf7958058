#pragma once
#include "../block/block.cuh"
#include "../homography/device.cuh"
#include "../ransac/ransac.hpp"

namespace gimbal::device {

/// The matches of a pair as columns, `padded` entries each; entries from `count` to the next multiple of eight weigh nothing.
struct MatchTable {
  int count;
  float *x, *y, *u, *v;
  float* vote;    ///< in the search for the motion
  float* weight;  ///< in its refinement
  int* owner;     ///< track it came from
  unsigned* keys;
  double *xx, *xy, *yy;  ///< covariance of (u, v)
  double* cumulated;     ///< running sum of the votes
  Mat3* hypotheses;
};

__host__ __device__ inline MatchTable matchTable(unsigned char* bytes, int padded, Mat3* hypotheses) {
  MatchTable t;
  double* d = reinterpret_cast<double*>(bytes);
  t.count = 0;
  t.xx = d;
  t.xy = d + padded;
  t.yy = d + 2 * padded;
  t.cumulated = d + 3 * padded;
  float* f = reinterpret_cast<float*>(d + 4 * padded);
  t.x = f;
  t.y = f + padded;
  t.u = f + 2 * padded;
  t.v = f + 3 * padded;
  t.vote = f + 4 * padded;
  t.weight = f + 5 * padded;
  t.owner = reinterpret_cast<int*>(f + 6 * padded);
  t.keys = reinterpret_cast<unsigned*>(f + 7 * padded);
  t.hypotheses = hypotheses;
  return t;
}

/// Covariance that a window's information and noise amount to; see refine.
__device__ inline void covarianceOf(const float* info, float noise, double& xx, double& xy, double& yy) {
  const double det = static_cast<double>(info[0]) * info[2] - static_cast<double>(info[1]) * info[1];
  const double n = 4 * fmax(0.25, static_cast<double>(noise) * noise);
  const bool known = det > 1e-9;
  xx = known ? n * info[2] / det : 1e4;
  xy = known ? -n * info[1] / det : 0;
  yy = known ? n * info[0] / det : 1e4;
}

}  // namespace gimbal::device
