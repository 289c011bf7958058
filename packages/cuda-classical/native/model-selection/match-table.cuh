#pragma once
#include "../block-reduce/block-reduce.cuh"
#include "../ransac/plausible.hpp"
#include "../ransac/ransac.hpp"

namespace gimbal::device {

/// The matches of a pair as columns of `padded` entries each. Small, so that it travels in registers.
struct MatchTable {
  unsigned char* bytes;
  Mat3* hypotheses;
  int padded;
  int count;

  __device__ double& xx(int i) const { return wide(0)[i]; }  ///< covariance of (u, v)
  __device__ double& xy(int i) const { return wide(1)[i]; }
  __device__ double& yy(int i) const { return wide(2)[i]; }
  __device__ double& cumulated(int i) const { return wide(3)[i]; }  ///< running sum of the votes
  __device__ float& x(int i) const { return narrow(0)[i]; }
  __device__ float& y(int i) const { return narrow(1)[i]; }
  __device__ float& u(int i) const { return narrow(2)[i]; }
  __device__ float& v(int i) const { return narrow(3)[i]; }
  __device__ float& vote(int i) const { return narrow(4)[i]; }    ///< in the search for the motion
  __device__ float& weight(int i) const { return narrow(5)[i]; }  ///< in its refinement
  __device__ int& owner(int i) const { return reinterpret_cast<int*>(narrow(6))[i]; }  ///< track it came from
  __device__ unsigned& keys(int i) const { return reinterpret_cast<unsigned*>(narrow(7))[i]; }

 private:
  __device__ double* wide(int column) const { return reinterpret_cast<double*>(bytes) + column * padded; }
  __device__ float* narrow(int column) const { return reinterpret_cast<float*>(reinterpret_cast<double*>(bytes) + 4 * padded) + column * padded; }
};

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
