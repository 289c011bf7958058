// Operations that refine a pair's homography, from a plan to launches.
#include <stdexcept>

#include "../attention/attention.hpp"
#include "../conv/conv.hpp"
#include "../correlate/correlate.hpp"
#include "../corners/corners.hpp"
#include "../solve/solve.hpp"
#include "builder.hpp"

namespace gimbal::nn {
namespace {

Geometry geometryOf(const Json& op) {
  const Json& g = op.at("geometry");
  return {static_cast<float>(g.at("stride").number()), static_cast<float>(g.at("extent").number())};
}

}  // namespace

void Builder::correlate(const Json& op) {
  Correlate job;
  job.a = read(op, "a");
  job.b = read(op, "b");
  job.radius = op.at("radius").whole();
  if (job.radius < 1 || job.radius > mostRadius) throw std::invalid_argument("\"radius\" must be from 1 to " + std::to_string(mostRadius));
  if (!(job.a.shape == job.b.shape) || job.a.shape.t != 1) throw std::invalid_argument("\"a\" and \"b\" must have one shape and a single time");
  if (!job.a.plain() || !job.b.plain()) throw std::invalid_argument("a correlation reads features on which nothing is pending: put an addition before it");
  job.outside = op.truth("outside");
  if (op.has("geometry")) {
    job.geometry = geometryOf(op);
    job.state = reinterpret_cast<const float*>(out_.ports.at(op.at("geometry").at("state").text()).data);
  } else if (job.outside) {
    throw std::invalid_argument("\"outside\" needs a geometry");
  }
  const int side = 2 * job.radius + 1;
  const Shape& s = job.a.shape;
  job.window = write(op.at("out").text(), {1, s.h, s.w, side * side + (job.outside ? 1 : 0)}, loaded_.stored);
  if (op.has("peak")) {
    job.peak = static_cast<float*>(scratch(s.pixels() * 2 * sizeof(float) * batch_, op.at("peak").text()));
    job.sharpness = static_cast<float>(op.at("sharpness").number());
  }
  job.active = active(op);
  job.items = batch_;
  step(job, &nn::correlate, &cuda::correlate);
}

void Builder::attention(const Json& op) {
  Attention job;
  job.x = read(op, "in");
  const Shape& s = job.x.shape;
  const auto& layers = op.at("layers").items();
  const Weights& tokens = weights(op.at("tokens").text());
  job.extra = tokens.shape.empty() ? 0 : tokens.shape[0];
  job.layers = static_cast<int>(layers.size());
  const std::size_t count = s.pixels() + static_cast<std::size_t>(job.extra);
  if (s.c != attentionWidth || op.at("heads").whole() != attentionHeads || count > mostTokens || job.layers > mostAttentionLayers) {
    throw std::invalid_argument("attention takes " + std::to_string(attentionWidth) + " channels in " + std::to_string(attentionHeads) + " heads, " +
                                std::to_string(mostTokens) + " tokens and " + std::to_string(mostAttentionLayers) + " layers at most");
  }
  job.place = vector(op, "place", static_cast<int>(s.pixels()) * attentionWidth);
  job.tokens = vector(op, "tokens", job.extra * attentionWidth);
  const auto linear = [&](const Json& names, bool packed) {
    const std::string& key = names.items().at(0).text();
    const Weights& w = weights(key);
    if (w.shape.size() != 2) throw std::invalid_argument("\"" + key + "\" must be a matrix");
    Linear layer;
    layer.weights = loaded_.memory.has(key + " plain") ? loaded_.memory.known<float>(key + " plain")
                                                        : loaded_.memory.upload(key + " plain", plainWeights(w.values.data(), w.shape[0], w.shape[1], 1));
    if (packed && loaded_.tensorCores && loaded_.stored != Type::f32) {
      layer.packed = loaded_.memory.has(key + " packed")
                         ? loaded_.memory.known<std::uint32_t>(key + " packed")
                         : loaded_.memory.upload(key + " packed", packedWeights(w.values.data(), w.shape[0], w.shape[1], 1, loaded_.stored, 1));
    }
    layer.bias = vector(names.items().at(1).text(), (w.shape[0] + 7) / 8 * 8);
    return layer;
  };
  const auto norm = [&](const Json& names) {
    return LayerNorm{vector(names.items().at(0).text(), attentionWidth), vector(names.items().at(1).text(), attentionWidth)};
  };
  for (int l = 0; l < job.layers; l++) {
    const Json& layer = layers[l];
    job.layer[l] = {norm(layer.at("norm")),           norm(layer.at("norm2")),         linear(layer.at("qkv"), true),
                    linear(layer.at("leave"), true), linear(layer.at("widen"), true), linear(layer.at("narrow"), true)};
  }
  if (op.has("motion")) {
    job.readout = linear(op.at("leave"), false);
    job.motion = static_cast<float*>(scratch(static_cast<std::size_t>(batch_) * job.extra * 2 * sizeof(float), op.at("motion").text()));
  }
  job.y = write(op.at("out").text(), s, job.x.type);
  job.active = active(op);
  job.items = batch_;
  step(job, &nn::attention, &cuda::attention);
}

void Builder::corners(const Json& op) {
  Corners job;
  job.x = read(op, "in");
  job.map = read(op, "map");
  if (op.has("mixed")) job.mixed = read(op, "mixed");
  const Shape& s = job.x.shape;
  if (s.h != 2 || s.w != 2 || s.t != 1) throw std::invalid_argument("corners are read from a map of 2 x 2 cells");
  job.weight = vector(op, "weight", 2 * s.c);
  job.bias = vector(op, "bias", 2);
  if (op.has("motion")) job.motion = static_cast<const float*>(raw(op.at("motion").text()));
  job.spreadWeight = vector(op.at("spread").items().at(0).text(), s.c);
  job.spreadBias = vector(op.at("spread").items().at(1).text(), 1);
  job.geometry = geometryOf(op);
  job.reach = static_cast<float>(op.at("reach").number());
  job.state = reinterpret_cast<float*>(out_.ports.at(op.at("geometry").at("state").text()).data);
  const Port& inliers = out_.ports.at(op.at("inliers").text());
  const Port& record = out_.ports.at(op.at("out").text());
  if (inliers.info->numbers != job.map.shape.pixels()) throw std::invalid_argument("\"inliers\" has another shape than the map");
  job.inliers = reinterpret_cast<float*>(inliers.data);
  job.recordStride = record.info->numbers;
  if ((static_cast<std::size_t>(records_) + 1) * recordNumbers > job.recordStride) throw std::invalid_argument("the record has no room for so many steps");
  job.record = reinterpret_cast<float*>(record.data) + static_cast<std::size_t>(records_++) * recordNumbers;
  job.active = active(op);
  job.items = batch_;
  step(job, &nn::corners, &cuda::corners);
}

void Builder::solve(const Json& op) {
  Solve job;
  job.x = read(op, "in");
  const Shape& s = job.x.shape;
  if (s.c != 6 || job.x.type != Type::f32 || !job.x.plain() || s.h != s.w) throw std::invalid_argument("a solve reads six channels of float32 on a square map");
  if (op.has("peak")) job.peak = static_cast<const float*>(raw(op.at("peak").text()));
  job.powers = vector(op, "powers", s.w * 5);
  job.normal = vector(op, "normal", 75 * 64);
  job.right = vector(op, "right", 50 * 8);
  const int sizes[4] = {64, 16, 16, 1};
  for (int k = 0; k < 4; k++) job.spread[k] = vector(op.at("spread").items().at(k).text(), sizes[k]);
  job.geometry = geometryOf(op);
  job.reach = static_cast<float>(op.at("reach").number());
  job.state = reinterpret_cast<float*>(out_.ports.at(op.at("geometry").at("state").text()).data);
  const Port& inliers = out_.ports.at(op.at("inliers").text());
  const Port& record = out_.ports.at(op.at("out").text());
  if (inliers.info->numbers != s.pixels()) throw std::invalid_argument("\"inliers\" has another shape than the map");
  job.inliers = reinterpret_cast<float*>(inliers.data);
  job.recordStride = record.info->numbers;
  if ((static_cast<std::size_t>(records_) + 1) * recordNumbers > job.recordStride) throw std::invalid_argument("the record has no room for so many steps");
  job.record = reinterpret_cast<float*>(record.data) + static_cast<std::size_t>(records_++) * recordNumbers;
  if (loaded_.memory.onDevice()) {
    job.partial = static_cast<float*>(scratch(static_cast<std::size_t>(batch_) * cuda::solveBlocks(s) * sumsOfCells * sizeof(float)));
    job.arrivals = arrivals();
  }
  job.active = active(op);
  job.items = batch_;
  step(job, &nn::solve, &cuda::solve);
}

}  // namespace gimbal::nn
