#include "launch.cuh"

namespace gimbal::nn::cuda {

void convBrain(const Conv& job, CudaStream stream) { launchTiles<__nv_bfloat16>(job, stream); }

}  // namespace gimbal::nn::cuda
