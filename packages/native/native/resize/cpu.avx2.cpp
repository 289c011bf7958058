#include "rows.hpp"

namespace gimbal::resize {

void rowsAvx2(const Rows<std::uint8_t>& job, int from, int to) { rows(job, from, to); }
void rowsAvx2(const Rows<std::uint16_t>& job, int from, int to) { rows(job, from, to); }

}  // namespace gimbal::resize
