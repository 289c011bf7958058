// Operations on maps of features, from a plan to launches.
#include <stdexcept>

#include "../add/add.hpp"
#include "../conv/conv.hpp"
#include "../deconv/deconv.hpp"
#include "../gate/gate.hpp"
#include "../pool/pool.hpp"
#include "../shuffle/shuffle.hpp"
#include "../warp/warp.hpp"
#include "builder.hpp"

namespace gimbal::nn {
namespace {

/// Times, rows, columns from a list of the last two or of all three.
void triple(const Json& op, const char* key, int otherwise, int least, int (&out)[3]) {
  out[0] = out[1] = out[2] = otherwise;
  if (!op.has(key)) return;
  const std::vector<int> list = op.wholes(key);
  if (list.size() != 2 && list.size() != 3) throw std::invalid_argument(std::string("\"") + key + "\" must list two or three numbers");
  if (list.size() == 2) out[0] = std::string(key) == "pad" ? 0 : 1;
  for (std::size_t i = 0; i < list.size(); i++) {
    if (list[i] < least || list[i] > 64) throw std::invalid_argument(std::string("\"") + key + "\" must be from " + std::to_string(least) + " to 64");
    out[3 - list.size() + i] = list[i];
  }
}

float slopeOf(const Json& op) {
  const std::string name = op.text("activation", "none");
  if (name == "none") return 1;
  if (name == "relu") return 0;
  if (name == "leaky") return static_cast<float>(op.at("slope").number());
  throw std::invalid_argument("no activation \"" + name + "\"; known are relu and leaky");
}

/// Taps of weights that are [a][b][rows][columns] or [a][b][times][rows][columns].
void kernelOf(const Weights& weights, int (&kernel)[3]) {
  const std::vector<int>& s = weights.shape;
  if (s.size() != 4 && s.size() != 5) throw std::invalid_argument("weights of a convolution have four or five axes");
  kernel[0] = s.size() == 5 ? s[2] : 1;
  kernel[1] = s[s.size() - 2];
  kernel[2] = s[s.size() - 1];
}

int placesOf(int size, int kernel, int stride, int pad, int dilation) {
  const int reach = size + 2 * pad - (kernel - 1) * dilation - 1;
  return reach < 0 ? 0 : reach / stride + 1;
}

std::string listed(const int (&v)[3]) { return std::to_string(v[0]) + "," + std::to_string(v[1]) + "," + std::to_string(v[2]); }

}  // namespace

/// Uploads the weights of one convolution in the order that its kernel reads, and launches it.
static void giveWeights(Loaded& loaded, const std::string& key, const std::vector<float>& values, Conv& job, bool tensorCores) {
  const int in = job.x.shape.c;
  const int out = job.y.shape.c;
  const int taps = job.kernel[0] * job.kernel[1] * job.kernel[2];
  if (tensorCores) {
    const std::string name = key + " packed";
    if (!loaded.memory.has(name)) {
      loaded.memory.upload(name, packedWeights(values.data(), out, in, taps, job.x.type, tilesTogether(job.y.shape.stride())));
    }
    job.packed = loaded.memory.known<std::uint32_t>(name);
  } else {
    const std::string name = key + " plain";
    if (!loaded.memory.has(name)) loaded.memory.upload(name, plainWeights(values.data(), out, in, taps));
    job.weights = loaded.memory.known<float>(name);
  }
}

void Builder::conv(const Json& op) {
  const std::string& key = op.at("weight").text();
  const Weights& w = weights(key);
  const std::string& name = op.at("out").text();
  Conv job;
  job.x = read(op, "in");
  job.items = batch_;
  job.active = active(op);
  kernelOf(w, job.kernel);
  triple(op, "stride", 1, 1, job.stride);
  triple(op, "pad", 0, 0, job.pad);
  triple(op, "dilation", 1, 1, job.dilation);
  if (w.shape[1] != job.x.shape.c) {
    throw std::invalid_argument("the weights \"" + key + "\" take " + std::to_string(w.shape[1]) + " channels, \"" + op.at("in").text() + "\" has " + std::to_string(job.x.shape.c));
  }
  if (op.has("scale")) {
    const auto& pair = op.at("scale").items();
    if (pair.size() != 2) throw std::invalid_argument("\"scale\" is a factor and what is added");
    job.scale = static_cast<float>(pair[0].number());
    job.shift = static_cast<float>(pair[1].number());
  }
  const Shape& in = job.x.shape;
  const int sizes[3] = {in.t, in.h, in.w};
  for (int a = 0; a < 3; a++) job.places[a] = placesOf(sizes[a], job.kernel[a], job.stride[a], job.pad[a], job.dilation[a]);
  const Shape shape{job.places[0], job.places[1], job.places[2], w.shape[0]};
  const bool tensorCores = loaded_.tensorCores && cuda::convFits(job);
  const Type type = op.text("type", "") == "float32" ? Type::f32 : loaded_.stored;
  job.bias = vector(op, "bias", shape.stride());
  const float slope = slopeOf(op);
  const bool normed = op.has("norm");
  // A normalisation stays pending on what was written; where something is added to it, or it goes elsewhere, one more pass applies it.
  const bool apply = normed && (op.has("residual") || !staysHere(name));
  const std::string target = apply ? name + " before its normalisation" : name;
  if (!normed) {
    if (op.has("residual")) job.residual = read(op, "residual");
    job.slope = slope;
  }
  if (job.residual && !(job.residual.shape == shape)) throw std::invalid_argument("\"residual\" has another shape than what it is added to");
  job.y = write(apply ? "(before)" : target, shape, type);
  giveWeights(loaded_, key, w.values, job, tensorCores);
  int block = -1;
  if (normed) {
    const Json& norm = op.at("norm");
    job.norm.groups = norm.at("groups").whole();
    if (job.norm.groups < 1 || shape.c % job.norm.groups != 0 || shape.c > mostNormChannels) {
      throw std::invalid_argument("\"groups\" must divide the " + std::to_string(shape.c) + " channels, of which there may be " + std::to_string(mostNormChannels));
    }
    job.norm.epsilon = static_cast<float>(norm.number("eps", 1e-5));
    job.norm.weight = vector(norm, "weight", shape.stride());
    job.norm.bias = vector(norm, "bias", shape.stride());
    const std::size_t affine = static_cast<std::size_t>(batch_) * shape.stride() * 2 * sizeof(float);
    block = arena_.add(affine, now_);
    job.norm.affine = reinterpret_cast<float*>(arena_.data(block));
    if (loaded_.memory.onDevice()) {
      job.norm.blocks = cuda::convBlocks(job, tensorCores);
      job.norm.partial = static_cast<float*>(scratch(affine * job.norm.blocks));
      job.norm.arrivals = arrivals();
    }
  }
  if (loaded_.memory.onDevice()) {
    out_.steps.push_back([job, tensorCores](CudaStream stream) { cuda::conv(job, tensorCores, stream); });
  } else {
    out_.steps.push_back([job, threads = loaded_.options.threads](CudaStream) { nn::conv(job, threads); });
  }
  if (!normed) return;
  leavePending(apply ? "(before)" : name, job.norm.affine, block, apply ? 1 : slope);
  if (!apply) return;
  Add last;
  last.a = values_.at("(before)").view;
  if (op.has("residual")) last.b = read(op, "residual");
  last.y = write(name, shape, type);
  last.slope = slope;
  last.active = job.active;
  last.items = batch_;
  step(last, &nn::add, &cuda::add);
}

void Builder::deconv(const Json& op) {
  const std::string& key = op.at("weight").text();
  const Weights& w = weights(key);
  int kernel[3], stride[3], pad[3];
  kernelOf(w, kernel);
  triple(op, "stride", 1, 1, stride);
  triple(op, "pad", 0, 0, pad);
  Conv job;
  job.x = read(op, "in");
  job.items = batch_;
  job.active = active(op);
  const Shape& in = job.x.shape;
  if (w.shape[0] != in.c) throw std::invalid_argument("the weights \"" + key + "\" take " + std::to_string(w.shape[0]) + " channels, \"" + op.at("in").text() + "\" has " + std::to_string(in.c));
  for (int a = 0; a < 3; a++) {
    if (kernel[a] < stride[a]) throw std::invalid_argument("a transposed convolution whose stride exceeds its kernel leaves holes");
  }
  const Shape shape{deconvSize(in.t, kernel[0], stride[0], pad[0]), deconvSize(in.h, kernel[1], stride[1], pad[1]),
                    deconvSize(in.w, kernel[2], stride[2], pad[2]), w.shape[1]};
  if (op.has("residual")) job.residual = read(op, "residual");
  job.y = write(op.at("out").text(), shape, loaded_.stored);
  job.bias = vector(op, "bias", shape.stride());
  job.slope = slopeOf(op);
  const bool tensorCores = loaded_.tensorCores && cuda::convFits(job);
  for (const DeconvPhase& phase : deconvPhases(w.values.data(), in.c, shape.c, kernel, stride, pad, in)) {
    for (int a = 0; a < 3; a++) {
      job.kernel[a] = phase.kernel[a];
      job.pad[a] = phase.pad[a];
      job.offset[a] = phase.offset[a];
      job.step[a] = stride[a];
      job.places[a] = phase.places[a];
    }
    giveWeights(loaded_, key + " phase " + listed(phase.offset), phase.weights, job, tensorCores);
    if (loaded_.memory.onDevice()) {
      out_.steps.push_back([job, tensorCores](CudaStream stream) { cuda::conv(job, tensorCores, stream); });
    } else {
      out_.steps.push_back([job, threads = loaded_.options.threads](CudaStream) { nn::conv(job, threads); });
    }
  }
}

void Builder::add(const Json& op) {
  Add job;
  job.a = read(op, "a");
  if (op.has("b")) job.b = read(op, "b");
  if (job.b && !(job.b.shape == job.a.shape)) throw std::invalid_argument("\"a\" and \"b\" have different shapes");
  job.y = write(op.at("out").text(), job.a.shape, job.a.type);
  job.slope = slopeOf(op);
  job.active = active(op);
  job.items = batch_;
  step(job, &nn::add, &cuda::add);
}

void Builder::shuffle(const Json& op) {
  Shuffle job;
  job.x = read(op, "in");
  job.factor = op.at("factor").whole();
  const Shape& s = job.x.shape;
  if (job.factor < 1 || s.c % (job.factor * job.factor) != 0) throw std::invalid_argument("\"factor\" squared must divide the " + std::to_string(s.c) + " channels");
  const Shape shape{s.t, s.h * job.factor, s.w * job.factor, s.c / job.factor / job.factor};
  if (op.has("residual")) job.residual = read(op, "residual");
  if (job.residual && !(job.residual.shape == shape)) throw std::invalid_argument("\"residual\" has another shape than what it is added to");
  job.y = write(op.at("out").text(), shape, job.x.type);
  job.slope = slopeOf(op);
  job.active = active(op);
  job.items = batch_;
  step(job, &nn::shuffle, &cuda::shuffle);
}

void Builder::pool(const Json& op) {
  Pool job;
  job.x = read(op, "in");
  const Shape& s = job.x.shape;
  job.y = write(op.at("out").text(), {s.t, s.h / 2, s.w / 2, s.c}, job.x.type);
  job.active = active(op);
  job.items = batch_;
  step(job, &nn::pool, &cuda::pool);
}

void Builder::gate(const Json& op) {
  const std::string& name = op.at("in").text();
  const Weights& w = weights(op.at("weight").text());
  Gate job;
  job.x = read(name);
  if (!job.x.plain()) throw std::invalid_argument("a gate reads a tensor on which nothing is pending: put an addition before it");
  const Shape& s = job.x.shape;
  if (w.shape.size() < 2 || w.shape[0] != s.c || w.shape[1] != s.c || w.values.size() != static_cast<std::size_t>(s.c) * s.c) {
    throw std::invalid_argument("the weights of a gate are as many rows as columns as channels");
  }
  const std::string key = op.at("weight").text() + " plain";
  job.weights = loaded_.memory.has(key) ? loaded_.memory.known<float>(key) : loaded_.memory.upload(key, plainWeights(w.values.data(), s.c, s.c, 1));
  job.bias = vector(op, "bias", s.stride());
  const std::size_t affine = static_cast<std::size_t>(batch_) * s.stride() * 2 * sizeof(float);
  const int block = arena_.add(affine, now_);
  job.affine = reinterpret_cast<float*>(arena_.data(block));
  if (loaded_.memory.onDevice()) {
    job.partial = static_cast<float*>(scratch(affine / 2 * cuda::gateBlocks(s)));
    job.arrivals = arrivals();
  }
  job.active = active(op);
  job.items = batch_;
  step(job, &nn::gate, &cuda::gate);
  // The same numbers under another name, to be read with the gate as their scale.
  const std::string& out = op.at("out").text();
  values_[out] = values_.at(name);
  leavePending(out, job.affine, block, 1);
}

void Builder::warp(const Json& op) {
  Warp job;
  job.x = read(op, "in");
  job.flow = read(op, "flow");
  const Shape& f = job.flow.shape;
  if (job.flow.type != Type::f32 || f.c != 2 || f.h != job.x.shape.h || f.w != job.x.shape.w || f.t != job.x.shape.t) {
    throw std::invalid_argument("\"flow\" must be float32 with two channels, as large as what it warps");
  }
  job.y = write(op.at("out").text(), job.x.shape, job.x.type);
  job.active = active(op);
  job.items = batch_;
  step(job, &nn::warpFeatures, &cuda::warpFeatures);
}

}  // namespace gimbal::nn
