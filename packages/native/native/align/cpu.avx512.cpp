#include "kernel.hpp"
#include "lanes.avx512.hpp"

namespace gimbal::alignment {

void cellsAvx512(const Job& job, Pass pass, int fromCell, int toCell) { cells<Avx512Lanes>(job, pass, fromCell, toCell); }

}  // namespace gimbal::alignment
