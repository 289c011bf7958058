#include "launch-graphs.hpp"

#include <device/cuda-check.hpp>

namespace gimbal {
namespace {

/// The graph that a recording ends in, until it is made ready to launch.
struct Recording {
  cudaGraph_t graph = nullptr;
  ~Recording() {
    if (graph != nullptr) static_cast<void>(cudaGraphDestroy(graph));
  }
};

}  // namespace

LaunchGraph& LaunchGraph::operator=(LaunchGraph&& other) noexcept {
  std::swap(graph_, other.graph_);
  std::swap(nodes_, other.nodes_);
  return *this;
}

// Freed by the driver after launches in flight.
LaunchGraph::~LaunchGraph() {
  if (graph_ != nullptr) static_cast<void>(cudaGraphExecDestroy(graph_));
}

void LaunchGraph::begin(CudaStream stream) {
  // Thread-local: calls of other threads neither fail nor spoil the recording.
  cudaCheck(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "recording a launch sequence");
}

/// Ends a recording that failed. Says nothing: the failure under way is the one to tell.
void LaunchGraph::abandon(CudaStream stream) noexcept {
  Recording recording;
  static_cast<void>(cudaStreamEndCapture(stream, &recording.graph));
  static_cast<void>(cudaGetLastError());
}

void LaunchGraph::finish(CudaStream stream) {
  Recording recording;
  cudaCheck(cudaStreamEndCapture(stream, &recording.graph), "recording a launch sequence");
  cudaCheck(cudaGraphGetNodes(recording.graph, nullptr, &nodes_), "counting the launches of a graph");
  cudaCheck(cudaGraphInstantiate(&graph_, recording.graph, 0), "making a graph of a launch sequence");
  try {
    // Now, so that the first launch is as fast as the rest, and a device that is full says so here.
    cudaCheck(cudaGraphUpload(graph_, stream), "uploading a graph");
  } catch (...) {
    static_cast<void>(cudaGraphExecDestroy(graph_));  // the destructor does not run after a constructor that throws
    graph_ = nullptr;
    throw;
  }
}

void LaunchGraph::launch(CudaStream stream) const { cudaCheck(cudaGraphLaunch(graph_, stream), "launching a graph"); }

}  // namespace gimbal
