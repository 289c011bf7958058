#pragma once
#include <functional>

namespace gimbal {

/// Splits [begin, end) into chunks of at least `grain` and runs `body(from, to)` on up to `threads` threads of one process-wide
/// pool (the caller is one of them). Returns when all are done; rethrows the first exception. `threads <= 1` runs inline.
/// The split never changes a result: bodies write disjoint ranges.
void parallelFor(int begin, int end, int grain, int threads, const std::function<void(int, int)>& body);

}  // namespace gimbal
