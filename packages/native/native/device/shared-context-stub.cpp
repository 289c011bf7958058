#include "devices.hpp"
#include "shared-context.hpp"

namespace gimbal {

void shareContext(int ordinal) { requireCudaDevice(ordinal); }

}  // namespace gimbal
