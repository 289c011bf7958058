#pragma once
#include <memory>

#include "../convert/convert.hpp"
#include "sequence.hpp"

namespace gimbal::nn {

/// Runs sequences where a network lies.
class Runner {
 public:
  virtual ~Runner() = default;
  /// Whatever must hold while the network's memory is touched, such as that its device is current.
  virtual std::shared_ptr<void> enter() = 0;
  virtual void run(Sequence& sequence, int id, int count, const std::vector<Feed>& feeds, const std::vector<Fetch>& fetches) = 0;
  virtual void launch(Sequence& sequence, int id, CudaStream stream) = 0;
  virtual void download(Convert job, std::vector<float>& out) = 0;
};

/// On the CPU, or on the CUDA device of the options. @throws CudaError where that is not there, or has no tensor cores for the precision.
std::unique_ptr<Runner> makeRunner(const NetworkOptions& options);

/// The port that a feed or fetch names. @throws std::invalid_argument.
const Port& portOf(const Sequence& sequence, const std::string& name);

}  // namespace gimbal::nn
