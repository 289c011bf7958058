#include <stdexcept>

#include "launch.cuh"
#include "plain.cuh"

namespace gimbal::nn::cuda {

void convHalf(const Conv& job, CudaStream stream);
void convBrain(const Conv& job, CudaStream stream);
void convTf32(const Conv& job, CudaStream stream);

bool convFits(const Conv& job) { return job.x.shape.c > 4; }

int convBlocks(const Conv& job, bool tensorCores) {
  if (!tensorCores) return (job.places[0] * job.places[1] * job.places[2] + plainThreads - 1) / plainThreads;
  const Tiling q = tilingOf(job, useLarge(job) ? largeBlock : smallBlock, static_cast<int>(bytesOf(job.x.type)));
  return q.across * q.down * job.places[0];
}

void conv(const Conv& job, bool tensorCores, CudaStream stream) {
  if (tensorCores) {
        if (job.x.type == Type::f16) {
      convHalf(job, stream);
    } else if (job.x.type == Type::bf16) {
      convBrain(job, stream);
    } else {
      convTf32(job, stream);
    }
  } else {
    const dim3 grid(static_cast<unsigned>(convBlocks(job, false) * job.items), static_cast<unsigned>(job.y.shape.stride() / 8));
    withType(job.x.type, [&](auto x) {
      withType(job.y.type, [&](auto y) {
        using X = decltype(x);
        using Y = decltype(y);
        if constexpr (sizeof(X) == 4 || sizeof(Y) == 4 || __is_same(X, Y)) {
          convPlain<X, Y><<<grid, plainThreads, 0, stream>>>(job);
        } else {
          throw std::invalid_argument("conv: fp16 and bf16 do not mix");
        }
      });
    });
  }
  cudaCheckLaunch("conv");
}

}  // namespace gimbal::nn::cuda
