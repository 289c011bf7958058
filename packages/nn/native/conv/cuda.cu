#include <stdexcept>

#include "launch.cuh"
#include "plain.cuh"

namespace gimbal::nn::cuda {

void convHalf(const Conv& job, CudaStream stream);
void convBrain(const Conv& job, CudaStream stream);
void convTf32(const Conv& job, CudaStream stream);

bool convFits(const Conv& job) { return job.x.shape.c > 4; }

int convBlocks(const Conv& job, bool tensorCores) {
  if (!tensorCores) {
    const int pixels = plainThreads * (fewChannels(job) ? fewPixelsOf(job.y.shape.stride()) : 1);
    return (job.places[0] * job.places[1] * job.places[2] + pixels - 1) / pixels;
  }
  const Tiling q = tilingOf(job, shapeOf(job), static_cast<int>(bytesOf(job.x.type)));
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
          const int channels = job.y.shape.stride();
          const std::size_t shared = sizeof(float) * std::max(channels * 8, channels * job.kernel[0] * job.kernel[1] * job.kernel[2] * job.x.shape.c);
          if (!fewChannels(job)) {
            launchKernel(convPlain<X, Y>, grid, plainThreads, 0, stream, "conv", job);
          } else if (channels == 8) {
            launchKernel(convFew<X, Y, 8>, grid.x, plainThreads, shared, stream, "conv", job);
          } else if (channels == 16) {
            launchKernel(convFew<X, Y, 16>, grid.x, plainThreads, shared, stream, "conv", job);
          } else if (channels == 24) {
            launchKernel(convFew<X, Y, 24>, grid.x, plainThreads, shared, stream, "conv", job);
          } else {
            launchKernel(convFew<X, Y, 32>, grid.x, plainThreads, shared, stream, "conv", job);
          }
        } else {
          throw std::invalid_argument("conv: fp16 and bf16 do not mix");
        }
      });
    });
  }
}

}  // namespace gimbal::nn::cuda
