#include <algorithm>
#include <cmath>
#include <vector>

#include "../tensor/cpu.hpp"
#include "attention.hpp"

namespace gimbal::nn {
namespace {

constexpr int W = attentionWidth;

/// out[token][o] = in[token] . weights[.][o] + bias[o]
std::vector<float> linear(const std::vector<float>& in, int tokens, int from, int to, const Linear& layer) {
  std::vector<float> out(static_cast<std::size_t>(tokens) * to);
  for (int t = 0; t < tokens; t++) {
    float* row = out.data() + static_cast<std::size_t>(t) * to;
    std::copy_n(layer.bias, to, row);
    for (int i = 0; i < from; i++) {
      const float value = in[static_cast<std::size_t>(t) * from + i];
      for (int o = 0; o < to; o++) row[o] += value * layer.weights[static_cast<std::size_t>(i) * to + o];
    }
  }
  return out;
}

std::vector<float> normed(const std::vector<float>& in, int tokens, const LayerNorm& norm) {
  std::vector<float> out(in.size());
  for (int t = 0; t < tokens; t++) {
    const float* row = in.data() + static_cast<std::size_t>(t) * W;
    double mean = 0;
    double variance = 0;
    for (int c = 0; c < W; c++) mean += row[c] / W;
    for (int c = 0; c < W; c++) variance += (row[c] - mean) * (row[c] - mean) / W;
    const double scale = 1 / std::sqrt(variance + 1e-5);
    for (int c = 0; c < W; c++) out[static_cast<std::size_t>(t) * W + c] = static_cast<float>((row[c] - mean) * scale) * norm.weight[c] + norm.bias[c];
  }
  return out;
}

std::vector<float> attended(const std::vector<float>& qkv, int tokens) {
  constexpr int depth = W / attentionHeads;
  std::vector<float> out(static_cast<std::size_t>(tokens) * W, 0.0f);
  std::vector<float> share(tokens);
  for (int head = 0; head < attentionHeads; head++) {
    for (int t = 0; t < tokens; t++) {
      const float* q = qkv.data() + static_cast<std::size_t>(t) * 3 * W + head * depth;
      float most = -3.4e38f;
      for (int o = 0; o < tokens; o++) {
        const float* k = qkv.data() + static_cast<std::size_t>(o) * 3 * W + W + head * depth;
        float sum = 0;
        for (int c = 0; c < depth; c++) sum += q[c] * k[c];
        share[o] = sum / std::sqrt(static_cast<float>(depth));
        most = std::max(most, share[o]);
      }
      float total = 0;
      for (float& s : share) total += s = std::exp(s - most);
      for (int o = 0; o < tokens; o++) {
        const float* v = qkv.data() + static_cast<std::size_t>(o) * 3 * W + 2 * W + head * depth;
        for (int c = 0; c < depth; c++) out[static_cast<std::size_t>(t) * W + head * depth + c] += share[o] / total * v[c];
      }
    }
  }
  return out;
}

void addTo(std::vector<float>& sum, const std::vector<float>& more) {
  for (std::size_t i = 0; i < sum.size(); i++) sum[i] += more[i];
}

}  // namespace

void attention(const Attention& job) {
  const int cells = static_cast<int>(job.x.shape.pixels());
  const int tokens = cells + job.extra;
  for (int n = 0; n < job.items; n++) {
    if (!job.active.has(n)) continue;
    const Reader x(job.x, n);
    std::vector<float> stream(static_cast<std::size_t>(tokens) * W);
    for (int i = 0; i < cells * W; i++) stream[i] = x.at(static_cast<std::size_t>(i / W), i % W) + job.place[i];
    std::copy_n(job.tokens, job.extra * W, stream.begin() + cells * W);
    for (int l = 0; l < job.layers; l++) {
      const AttentionLayer& layer = job.layer[l];
      addTo(stream, linear(attended(linear(normed(stream, tokens, layer.before), tokens, W, 3 * W, layer.qkv), tokens), tokens, W, W, layer.leave));
      std::vector<float> wide = linear(normed(stream, tokens, layer.middle), tokens, W, 2 * W, layer.widen);
      for (float& v : wide) v = std::max(v, 0.0f);
      addTo(stream, linear(wide, tokens, 2 * W, W, layer.narrow));
    }
    float* y = writerOf(job.y, n);
    for (int i = 0; i < cells * W; i++) y[i] = stream[i] - job.place[i];
    for (int t = 0; t < job.extra && job.motion != nullptr; t++) {
      for (int k = 0; k < 2; k++) {
        float sum = job.readout.bias[k];
        for (int c = 0; c < W; c++) sum += stream[static_cast<std::size_t>(cells + t) * W + c] * job.readout.weights[c * 8 + k];
        job.motion[(static_cast<std::size_t>(n) * job.extra + t) * 2 + k] = sum;
      }
    }
  }
}

}  // namespace gimbal::nn
