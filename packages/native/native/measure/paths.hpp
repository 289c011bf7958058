#pragma once
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "../device/devices.hpp"
#include "expect.hpp"

namespace gimbal {

/// Exit status by which ctest knows a test that could not run here.
constexpr int skipped = 77;

/// The main of a parity test whose operation has a CPU and a CUDA path. `cpu` runs the one, `cuda` the other (skipped without a
/// device), no argument both. A number after `cuda` thins the cases out: every n-th only, for runs under a memory checker.
inline int runPaths(int argc, char** argv, const std::function<void(Expect&)>& cpu, const std::function<void(Expect&, int)>& cuda) {
  const char* path = argc > 1 ? argv[1] : "";
  const int every = argc > 2 ? std::max(1, std::atoi(argv[2])) : 1;
  const std::string unavailable = cudaReport().unavailable;
  if (std::strcmp(path, "cpu") == 0) return runParity(cpu);
  if (!unavailable.empty()) {
    std::printf("CUDA path skipped: %s\n", unavailable.c_str());
    return std::strcmp(path, "cuda") == 0 ? skipped : runParity(cpu);
  }
  return runParity([&](Expect& expect) {
    if (std::strcmp(path, "cuda") != 0) cpu(expect);
    cuda(expect, every);
  });
}

}  // namespace gimbal
