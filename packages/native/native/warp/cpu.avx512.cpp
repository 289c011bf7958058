#include "lanes.avx512.hpp"
#include "rows.hpp"

namespace gimbal::warping {

void rowsAvx512(const Job& job, int sampleBytes, int channels, int from, int to) {
  rowsWith<Avx512Lanes>(job, sampleBytes, channels, from, to);
}

}  // namespace gimbal::warping
