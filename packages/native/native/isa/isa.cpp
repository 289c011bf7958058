#include "isa.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

#if defined(GIMBAL_X86) && defined(_MSC_VER) && !defined(__clang__)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace gimbal {
namespace {

#if !defined(GIMBAL_X86)
Isa machineIsa() { return Isa::baseline; }
#elif defined(_MSC_VER) && !defined(__clang__)
Isa machineIsa() {
  int info[4];
  __cpuid(info, 0);
  if (info[0] < 7) return Isa::baseline;
  __cpuid(info, 1);
  const bool osSavesRegisters = (info[2] >> 27) & 1;
  if (!osSavesRegisters) return Isa::baseline;
  const unsigned long long saved = _xgetbv(0);
  __cpuidex(info, 7, 0);
  const auto ebx = static_cast<unsigned>(info[1]);
  const auto ecx = static_cast<unsigned>(info[2]);
  if ((saved & 0x6) != 0x6 || !((ebx >> 5) & 1)) return Isa::baseline;
  const unsigned wanted = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;  // F, DQ, BW, VL
  if ((saved & 0xe6) == 0xe6 && (ebx & wanted) == wanted && ((ecx >> 1) & 1)) return Isa::avx512;
  return Isa::avx2;
}
#else
Isa machineIsa() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2")) return Isa::baseline;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi")) {
    return Isa::avx512;
  }
  return Isa::avx2;
}
#endif

Isa environmentLimit() {
  const char* name = std::getenv("GIMBAL_ISA");
  if (name != nullptr) {
    for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
      if (std::strcmp(name, isaName(isa)) == 0) return isa;
    }
  }
  return Isa::avx512;
}

std::atomic<Isa>& limit() {
  static std::atomic<Isa> value{environmentLimit()};
  return value;
}

}  // namespace

Isa activeIsa() {
  static const Isa machine = machineIsa();
  return std::min(machine, limit().load(std::memory_order_relaxed));
}

void limitIsa(Isa most) { limit().store(most, std::memory_order_relaxed); }

const char* isaName(Isa isa) {
  switch (isa) {
    case Isa::avx512: return "avx512";
    case Isa::avx2: return "avx2";
    default: return "baseline";
  }
}

}  // namespace gimbal
