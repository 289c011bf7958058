#include "launch.cuh"

namespace gimbal::nn::cuda {

void convTf32(const Conv& job, CudaStream stream) { launchTiles<float>(job, stream); }

}  // namespace gimbal::nn::cuda
