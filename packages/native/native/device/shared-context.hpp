#pragma once

namespace gimbal {

/// Wakes a device and makes its primary context one that FFmpeg takes too: it wants waiting threads to sleep, not to spin, and refuses a
/// primary context that was made otherwise. Takes some hundred milliseconds the first time. Safe to call again.
/// @throws CudaError.
void shareContext(int ordinal);

}  // namespace gimbal
