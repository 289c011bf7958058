#include "builder.hpp"

#include <algorithm>
#include <stdexcept>

#include "../convert/convert.hpp"

namespace gimbal::nn {
namespace {

/// "f8[slot]" is tensor f8 by index slot.
std::pair<std::string, std::string> splitName(const std::string& name) {
  const std::size_t open = name.find('[');
  if (open == std::string::npos) return {name, ""};
  return {name.substr(0, open), name.substr(open + 1, name.size() - open - 2)};
}

}  // namespace

void Builder::walk(const std::vector<std::string>& programs) {
  now_ = records_ = zeros_ = 0;
  values_.clear();
  raws_.clear();
  out_.steps.clear();
  out_.kept.clear();
  const Json& known = loaded_.plan.at("programs");
  for (const std::string& program : programs) {
    int number = 0;
    for (const Json& op : known.at(program).items()) {
      try {
        operation(op);
      } catch (const std::invalid_argument& error) {
        const std::string where = "operation " + std::to_string(number) + " (" + op.text("op", "?") + ") of program \"" + program + "\": ";
        throw std::invalid_argument(where + error.what());
      }
      now_++;
      number++;
    }
  }
}

void Builder::operation(const Json& op) {
  static const std::map<std::string, void (Builder::*)(const Json&)> known = {
      {"conv", &Builder::conv}, {"deconv", &Builder::deconv}, {"add", &Builder::add}, {"shuffle", &Builder::shuffle}, {"pool", &Builder::pool},
      {"gate", &Builder::gate}, {"warp", &Builder::warp}, {"correlate", &Builder::correlate}, {"attention", &Builder::attention},
      {"corners", &Builder::corners}, {"solve", &Builder::solve}};
  const auto found = known.find(op.at("op").text());
  if (found == known.end()) {
    std::string names;
    for (const auto& [name, handler] : known) names += (names.empty() ? "" : ", ") + name;
    throw std::invalid_argument("no such operation; known are " + names);
  }
  (this->*found->second)(op);
  giveOutput(op.at("out").text());
}

void Builder::giveOutput(const std::string& name) {
  const auto port = out_.ports.find(name);
  const auto value = values_.find(name);
  if (port == out_.ports.end() || value == values_.end() || port->second.info->kind != "output") return;
  Convert job;
  job.x = value->second.view;
  const Shape& s = job.x.shape;
  const std::vector<int>& wanted = port->second.info->shape;
  const std::vector<int> made = wanted.size() == 4 ? std::vector<int>{s.t, s.h, s.w, s.c} : std::vector<int>{s.h, s.w, s.c};
  if (made != wanted || (wanted.size() == 3 && s.t != 1)) {
    throw std::invalid_argument("\"" + name + "\" is " + std::to_string(s.h) + "x" + std::to_string(s.w) + " with " + std::to_string(s.c) +
                                " channels, which is not the shape that the plan declares for this output");
  }
  job.y.data = port->second.data;
  job.y.shape = s;
  job.y.shape.pad = 1;
  job.active = counted();
  job.items = batch_;
  arena_.touch(value->second.block, now_);
  arena_.touch(value->second.affineBlock, now_);
  step(job, &nn::convert, &cuda::convert);
}

View Builder::read(const std::string& name) {
  const auto [base, index] = splitName(name);
  View view;
  if (const auto cached = loaded_.caches.find(base); cached != loaded_.caches.end()) {
    view = cached->second;
    if (index.empty()) throw std::invalid_argument("\"" + base + "\" is a cache and is read by an index, such as " + base + "[slot]");
    const auto port = out_.ports.find(index);
    if (port == out_.ports.end() || port->second.info->kind != "index") throw std::invalid_argument("\"" + index + "\" is no index");
    view.index = reinterpret_cast<const int*>(port->second.data);
    return view;
  }
  if (const auto port = out_.ports.find(base); port != out_.ports.end() && port->second.info->kind == "input") {
    const std::vector<int>& s = port->second.info->shape;
    if (s.size() != 3 && s.size() != 4) throw std::invalid_argument("input \"" + base + "\" must have rows, columns and channels (and times before)");
    const std::size_t k = s.size() - 3;
    view = {port->second.data, {k ? s[0] : 1, s[k], s[k + 1], s[k + 2], 1}};
    if (view.shape.c <= 4) return view;
    if (const auto again = values_.find(base); again == values_.end()) {
      Shape shape = view.shape;
      shape.pad = 8;
      Convert job{view, write(base, shape, loaded_.stored), counted(), batch_};
      step(job, &nn::convert, &cuda::convert);
    }
  }
  const auto found = values_.find(base);
  if (found == values_.end()) throw std::invalid_argument("\"" + base + "\" was not computed before");
  arena_.touch(found->second.block, now_);
  arena_.touch(found->second.affineBlock, now_);
  return found->second.view;
}

View Builder::write(const std::string& name, const Shape& shape, Type type) {
  const auto [base, index] = splitName(name);
  if (shape.t < 1 || shape.h < 1 || shape.w < 1 || shape.c < 1 || shape.size() * static_cast<std::size_t>(batch_) > (std::size_t{1} << 33)) {
    throw std::invalid_argument("\"" + base + "\" would have no pixels, or too many");
  }
  if (!index.empty()) {
    View view = read(name);
    if (!(view.shape == shape)) throw std::invalid_argument("\"" + base + "\" is declared in another shape than what is written there");
    return view;
  }
  Value value;
  value.view.shape = shape;
  value.view.type = type;
  value.block = arena_.add(shape.size() * bytesOf(type) * batch_, now_);
  value.view.data = arena_.data(value.block);
  values_[base] = value;
  if (loaded_.options.keepTensors) out_.kept[base] = value.view;
  return value.view;
}

void Builder::leavePending(const std::string& name, float* affine, int block, float slope) {
  Value& value = values_.at(name);
  value.view.affine = affine;
  value.view.slope = slope;
  value.affineBlock = block;
  if (loaded_.options.keepTensors) out_.kept[name] = value.view;
}

bool Builder::staysHere(const std::string& name) const { return name.find('[') == std::string::npos; }

void* Builder::scratch(std::size_t bytes, const std::string& name) {
  const int id = arena_.add(bytes, now_);
  if (!name.empty()) raws_[name] = id;
  return arena_.data(id);
}

void* Builder::raw(const std::string& name) {
  const auto found = raws_.find(name);
  if (found == raws_.end()) throw std::invalid_argument("\"" + name + "\" was not computed before");
  arena_.touch(found->second, now_);
  return arena_.data(found->second);
}

unsigned* Builder::arrivals() {
  const std::string key = "arrivals of " + std::to_string(batch_) + ", " + std::to_string(zeros_++);
  return const_cast<unsigned*>(loaded_.memory.upload(key, std::vector<unsigned>(batch_, 0u)));
}

Active Builder::counted() const { return {out_.count, nullptr, 0}; }

Active Builder::active(const Json& op) {
  Active active = counted();
  if (!op.has("when")) return active;
  const Json& when = op.at("when");
  active.state = reinterpret_cast<const float*>(out_.ports.at(when.at("state").text()).data);
  active.stride = static_cast<float>(when.at("stride").number());
  return active;
}

const Weights& Builder::weights(const std::string& name) {
  const auto found = loaded_.weights.find(name);
  if (found == loaded_.weights.end()) throw std::invalid_argument("the weights lack \"" + name + "\"");
  return found->second;
}

const float* Builder::vector(const std::string& name, int padded) {
  std::vector<float> values = weights(name).values;
  if (values.size() < static_cast<std::size_t>(padded)) values.resize(padded, 0.0f);
  return loaded_.memory.upload(name + " padded to " + std::to_string(padded), values);
}

}  // namespace gimbal::nn
