#include "launch.cuh"

namespace gimbal::nn::cuda {

void convHalf(const Conv& job, CudaStream stream) { launchTiles<__half>(job, stream); }

}  // namespace gimbal::nn::cuda
