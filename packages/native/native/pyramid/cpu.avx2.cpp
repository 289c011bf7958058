#include "rows.hpp"

namespace gimbal::pyramid {

void rowsAvx2(Plane<const float> src, Plane<float> dst, int from, int to, float* scratch) { rows(src, dst, from, to, scratch); }

}  // namespace gimbal::pyramid
