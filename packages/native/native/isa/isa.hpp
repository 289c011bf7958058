#pragma once

namespace gimbal {

/// Instruction sets that an operation may have a path for, each including the ones before it.
/// `avx512` means F, BW, DQ, VL and VBMI (Ice Lake, Zen 4 and later).
enum class Isa { baseline = 0, avx2 = 1, avx512 = 2 };

/// The best set that this machine, its operating system and `limitIsa` allow. The environment variable GIMBAL_ISA
/// (`baseline`, `avx2`, `avx512`), read once, sets the first limit.
Isa activeIsa();

/// Holds every later call to at most this set. All paths give the same bits; this is how the tests prove it.
void limitIsa(Isa most);

/// "baseline", "avx2" or "avx512".
const char* isaName(Isa isa);

}  // namespace gimbal
