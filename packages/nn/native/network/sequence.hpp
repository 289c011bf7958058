#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <device/cuda-stream.hpp>

#include "../plan/json.hpp"
#include "../plan/safetensors.hpp"
#include "../tensor/tensor.hpp"
#include "memory.hpp"
#include "network.hpp"

namespace gimbal::nn {

/// A plan with its weights, and what of it lies where the network runs.
struct Loaded {
  Json plan;
  std::map<std::string, Weights> weights;
  NetworkOptions options;
  std::vector<TensorInfo> tensors;
  Memory memory{false};
  std::map<std::string, View> caches;
  Type stored = Type::f32;
  bool tensorCores = false;

  const TensorInfo& info(const std::string& name) const;
};

/// Tensors that outlive a run: inputs, outputs, state.
struct Port {
  const TensorInfo* info = nullptr;
  unsigned char* data = nullptr;
  std::size_t itemBytes = 0;
};

/// Programs compiled for a batch size.
struct Sequence {
  int batch = 0;
  int* count = nullptr;  // of items in this run
  std::map<std::string, Port> ports;
  std::map<std::string, View> kept;  // every tensor, with `keepTensors`
  std::vector<std::function<void(CudaStream)>> steps;
};

/// @throws std::invalid_argument naming the operation that is wrong; CudaError.
Sequence compileSequence(Loaded& loaded, const std::vector<std::string>& programs, int batch);

}  // namespace gimbal::nn
