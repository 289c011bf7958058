#pragma once
#include <cstdio>
#include <cstring>

#include "../device/devices.hpp"

namespace gimbal {

/// The main of a bench whose operation has a CPU and a CUDA path: `cpu` or `cuda` runs one of them, no argument both.
inline int runBench(int argc, char** argv, void (*cpu)(), void (*cuda)()) {
  const char* path = argc > 1 ? argv[1] : "";
  if (std::strcmp(path, "cuda") != 0) cpu();
  if (std::strcmp(path, "cpu") == 0) return 0;
  const std::string unavailable = cudaReport().unavailable;
  if (unavailable.empty()) {
    cuda();
    return 0;
  }
  std::printf("CUDA path skipped: %s\n", unavailable.c_str());
  return std::strcmp(path, "cuda") == 0 ? 77 : 0;
}

}  // namespace gimbal
