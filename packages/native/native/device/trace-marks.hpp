#pragma once
#include <vector>

#include "stream.hpp"

namespace gimbal {

/// One lane's part in the trace of the device that is current (see trace.hpp); next to nothing while there is none. `begin`, then `mark`
/// after every stage has been put on the stream, then `note` once the host knows that all of them are done.
class TraceMarks {
 public:
  TraceMarks();
  void begin(CudaStream stream);
  /// What was put on the stream since the mark before has this name. @param name A literal.
  void mark(const char* name, CudaStream stream);
  void note();

 private:
  Event& next(CudaStream stream);

  const int lane_;
  bool active_ = false;
  std::vector<Event> events_;
  std::vector<const char*> names_;
};

}  // namespace gimbal
