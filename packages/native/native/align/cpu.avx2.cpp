#include "kernel.hpp"
#include "lanes.avx2.hpp"

namespace gimbal::alignment {

void cellsAvx2(const Job& job, Pass pass, int fromCell, int toCell) { cells<Avx2Lanes>(job, pass, fromCell, toCell); }

}  // namespace gimbal::alignment
