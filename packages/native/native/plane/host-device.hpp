#pragma once

/// Marks arithmetic that the CPU and the CUDA path share word for word, so that they cannot drift apart.
#if defined(__CUDACC__)
#define GIMBAL_HOST_DEVICE __host__ __device__
#else
#define GIMBAL_HOST_DEVICE
#endif
