#pragma once
#include <cuda_runtime_api.h>
#include <device/stream.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace gimbal {

/// A launch sequence, recorded from a stream and put there again as one.
class LaunchGraph {
 public:
  /// Records what `launches` puts on `stream`, and on streams that wait for it and that it waits for in the end. Nothing runs yet. Other
  /// threads may use CUDA meanwhile; `launches` must not wait, allocate, or touch a stream outside.
  /// @throws CudaError, and whatever `launches` throws; the stream is as before then.
  template <class Launches>
  LaunchGraph(CudaStream stream, const Launches& launches) {
    begin(stream);
    try {
      launches();
    } catch (...) {
      abandon(stream);
      throw;
    }
    finish(stream);
  }
  LaunchGraph(LaunchGraph&& other) noexcept : graph_(std::exchange(other.graph_, nullptr)), nodes_(other.nodes_) {}
  LaunchGraph& operator=(LaunchGraph&& other) noexcept;
  ~LaunchGraph();

  void launch(CudaStream stream) const;
  /// Kernels, copies and the like.
  std::size_t nodes() const { return nodes_; }

 private:
  void begin(CudaStream stream);
  void abandon(CudaStream stream) noexcept;
  void finish(CudaStream stream);

  cudaGraphExec_t graph_ = nullptr;
  std::size_t nodes_ = 0;
};

/// Launch sequences by what they depend on. One is recorded when it is met for the second time: the first time loads the kernels,
/// which must not happen while a stream is recorded, and what is met once only is not worth it. What cannot be recorded is launched plainly,
/// and the reason kept.
template <class Plan>
class LaunchGraphs {
 public:
  /// Puts what `launches` puts on `stream` there. @throws CudaError, and what `launches` throws.
  template <class Launches>
  void launch(const Plan& plan, CudaStream stream, const Launches& launches) {
    auto found = known_.find(plan);
    if (found == known_.end()) {
      if (known_.size() >= kMost) clear();
      known_.emplace(plan, Known{});
      return launches();
    }
    Known& known = found->second;
    if (!known.tried) {
      known.tried = true;
      record(known, stream, launches);
    }
    if (!known.graph) return launches();
    known.graph->launch(stream);
    launched_++;
  }

  /// Forgets all, because memory that they were recorded with has moved.
  void clear() { known_.clear(); }

  /// Sequences launched as graphs so far.
  long launched() const { return launched_; }
  /// Nodes of the largest graph so far.
  std::size_t nodes() const { return nodes_; }
  /// Why a sequence could not be recorded; empty when all could.
  const std::string& failure() const { return failure_; }

 private:
  static constexpr std::size_t kMost = 64;
  struct Known {
    bool tried = false;
    std::optional<LaunchGraph> graph;
  };

  template <class Launches>
  void record(Known& known, CudaStream stream, const Launches& launches) {
    try {
      known.graph.emplace(stream, launches);
      if (known.graph->nodes() > nodes_) nodes_ = known.graph->nodes();
    } catch (const CudaError& error) {
      failure_ = error.what();
    }
  }

  std::map<Plan, Known> known_;
  long launched_ = 0;
  std::size_t nodes_ = 0;
  std::string failure_;
};

}  // namespace gimbal
