#include "devices.hpp"
#include "sharedContext.hpp"

namespace gimbal {

void shareContext(int ordinal) { requireCudaDevice(ordinal); }

}  // namespace gimbal
