#include "lanes.avx2.hpp"
#include "rows.hpp"

namespace gimbal::warping {

void rowsAvx2(const Job& job, int sampleBytes, int channels, int from, int to) {
  rowsWith<Avx2Lanes>(job, sampleBytes, channels, from, to);
}

}  // namespace gimbal::warping
