#include <cstdlib>
#include <sstream>

#include "devices.hpp"

namespace gimbal {

bool architecturesServe(const std::string& architectures, int major, int minor) {
  std::istringstream list(architectures);
  for (std::string entry; list >> entry;) {
    const int version = std::atoi(entry.c_str());
    const bool real = entry.find("-virtual") == std::string::npos;
    const bool ptx = entry.find("-real") == std::string::npos;
    if (real && version / 10 == major && version % 10 <= minor) return true;
    if (ptx && version <= major * 10 + minor) return true;
  }
  return false;
}

}  // namespace gimbal
