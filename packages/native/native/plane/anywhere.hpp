#pragma once

/// Marks arithmetic that the CPU and the CUDA path share word for word, so that they cannot drift apart.
#if defined(__CUDACC__)
#define GIMBAL_ANYWHERE __host__ __device__
#else
#define GIMBAL_ANYWHERE
#endif
