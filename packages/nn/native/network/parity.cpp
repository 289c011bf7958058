// Operations against their definitions, written down plainly in double, and the device's paths against the CPU's, each by a small plan.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include <measure/paths.hpp>
#include <measure/random.hpp>

#include "network.hpp"

using namespace gimbal;

namespace {

using Numbers = std::vector<float>;

struct Named {
  std::string name;
  std::vector<int> shape;
  Numbers values;
};

Numbers noise(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  Numbers values(count);
  for (float& v : values) v = static_cast<float>(random.real(-1, 1));
  return values;
}

Named weight(const std::string& name, const std::vector<int>& shape, std::uint64_t seed) {
  std::size_t count = 1;
  for (const int s : shape) count *= static_cast<std::size_t>(s);
  Numbers values = noise(count, seed);
  // Outputs as large as inputs, whatever the number of products.
  for (float& v : values) v *= shape.size() > 1 ? 1.7f / std::sqrt(static_cast<float>(count / shape[0])) : 1;
  return {name, shape, values};
}

std::string listed(const std::vector<int>& list) {
  std::string text;
  for (const int v : list) text += (text.empty() ? "" : ",") + std::to_string(v);
  return "[" + text + "]";
}

std::vector<unsigned char> fileOf(const std::vector<Named>& weights) {
  std::string header;
  std::size_t at = 0;
  for (const Named& w : weights) {
    header += (header.empty() ? "{\"" : ",\"") + w.name + "\":{\"dtype\":\"F32\",\"shape\":" + listed(w.shape) + ",\"data_offsets\":[" +
              std::to_string(at) + "," + std::to_string(at + 4 * w.values.size()) + "]}";
    at += 4 * w.values.size();
  }
  header += header.empty() ? "{}" : "}";
  std::vector<unsigned char> file(8 + header.size() + at);
  const std::uint64_t length = header.size();
  std::memcpy(file.data(), &length, 8);
  std::memcpy(file.data() + 8, header.data(), header.size());
  std::size_t to = 8 + header.size();
  for (const Named& w : weights) {
    std::memcpy(file.data() + to, w.values.data(), 4 * w.values.size());
    to += 4 * w.values.size();
  }
  return file;
}

/// A plan from input "x" (and "y") to "out", for two items.
struct Case {
  std::string name;
  std::vector<int> in, out;
  std::string operations;
  std::vector<Named> weights;

  std::size_t numbers(const std::vector<int>& shape) const {
    std::size_t count = 2;
    for (const int s : shape) count *= static_cast<std::size_t>(s);
    return count;
  }
  Numbers run(const Numbers& x, int device, nn::Precision precision, bool graphs = true) const {
    const std::string plan = "{\"format\":\"gimbal-nn 1\",\"name\":\"case\",\"tensors\":{\"x\":{\"kind\":\"input\",\"shape\":" + listed(in) +
                             "},\"out\":{\"kind\":\"output\",\"shape\":" + listed(out) + "}},\"programs\":{\"main\":[" + operations + "]}}";
    const std::vector<unsigned char> file = fileOf(weights);
    nn::NetworkOptions options;
    options.device = device;
    options.precision = precision;
    options.graphs = graphs;
    nn::Network network(plan, file.data(), file.size(), options);
    const int sequence = network.compile({"main"}, 2);
    Numbers y(numbers(out));
    // The second run replays the graph that the first one recorded.
    for (int i = 0; i < 2; i++) network.run(sequence, 2, {{"x", x.data(), false, nullptr}}, {{"out", y.data()}});
    return y;
  }
};

double distance(const Numbers& a, const std::vector<double>& b) {
  double rest = 0, all = 1e-30;
  for (std::size_t i = 0; i < a.size(); i++) {
    rest += (a[i] - b[i]) * (a[i] - b[i]);
    all += b[i] * b[i];
  }
  return std::sqrt(rest / all);
}

struct Size {
  int t, h, w, c;
  std::size_t at(int n, int it, int y, int x, int k) const { return (((static_cast<std::size_t>(n) * t + it) * h + y) * w + x) * c + k; }
};

/// Convolution by its definition; with `transposed`, every input is spread over the outputs that it reaches.
std::vector<double> convolved(const Numbers& x, const Size& in, const Size& out, const Named& w, const std::vector<int>& kernel,
                              const std::vector<int>& stride, const std::vector<int>& pad, const std::vector<int>& dilation, bool transposed) {
  std::vector<double> y(2 * static_cast<std::size_t>(out.t) * out.h * out.w * out.c, 0.0);
  const Size& from = transposed ? in : out;   // places that a kernel is laid on
  const Size& under = transposed ? out : in;  // what lies under it
  for (int n = 0; n < 2; n++)
    for (int t = 0; t < from.t; t++)
      for (int r = 0; r < from.h; r++)
        for (int c = 0; c < from.w; c++)
          for (int kt = 0; kt < kernel[0]; kt++)
            for (int ky = 0; ky < kernel[1]; ky++)
              for (int kx = 0; kx < kernel[2]; kx++) {
                const int ut = t * stride[0] - pad[0] + kt * dilation[0];
                const int uy = r * stride[1] - pad[1] + ky * dilation[1];
                const int ux = c * stride[2] - pad[2] + kx * dilation[2];
                if (ut < 0 || ut >= under.t || uy < 0 || uy >= under.h || ux < 0 || ux >= under.w) continue;
                for (int o = 0; o < out.c; o++)
                  for (int i = 0; i < in.c; i++) {
                    const std::size_t tap = (static_cast<std::size_t>(kt) * kernel[1] + ky) * kernel[2] + kx;
                    const std::size_t first = transposed ? static_cast<std::size_t>(i) * out.c + o : static_cast<std::size_t>(o) * in.c + i;
                    const double weighted = w.values[first * kernel[0] * kernel[1] * kernel[2] + tap];
                    if (transposed) {
                      y[out.at(n, ut, uy, ux, o)] += weighted * x[in.at(n, t, r, c, i)];
                    } else {
                      y[out.at(n, t, r, c, o)] += weighted * x[in.at(n, ut, uy, ux, i)];
                    }
                  }
              }
  return y;
}

const std::string kIn = "\"in\":\"x\",\"out\":\"out\"";

void definitions(Expect& expect) {
  const auto close = [&](const Case& one, const Numbers& x, const std::vector<double>& wanted) {
    const double off = distance(one.run(x, -1, nn::Precision::f32), wanted);
    expect.that(off < 1e-5, one.name + " differs from its definition by " + std::to_string(off));
  };
  {
    const Named w = weight("w", {5, 6, 3, 3}, 1);
    const Case one{"conv", {9, 11, 6}, {5, 6, 5}, "{\"op\":\"conv\"," + kIn + ",\"weight\":\"w\",\"stride\":[2,2],\"pad\":[2,2],\"dilation\":[2,2]}", {w}};
    const Numbers x = noise(one.numbers(one.in), 2);
    close(one, x, convolved(x, {1, 9, 11, 6}, {1, 5, 6, 5}, w, {1, 3, 3}, {1, 2, 2}, {0, 2, 2}, {1, 2, 2}, false));
  }
  {
    const Named w = weight("w", {8, 5, 3, 3, 3}, 3);
    const Case one{"conv over time", {4, 6, 7, 5}, {4, 6, 7, 8}, "{\"op\":\"conv\"," + kIn + ",\"weight\":\"w\",\"pad\":[1,1,1]}", {w}};
    const Numbers x = noise(one.numbers(one.in), 4);
    close(one, x, convolved(x, {4, 6, 7, 5}, {4, 6, 7, 8}, w, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, false));
  }
  {
    const Named w = weight("w", {6, 5, 3, 4, 4}, 5);
    const Case one{"deconv over time", {3, 5, 6, 6}, {3, 10, 12, 5}, "{\"op\":\"deconv\"," + kIn + ",\"weight\":\"w\",\"stride\":[1,2,2],\"pad\":[1,1,1]}", {w}};
    const Numbers x = noise(one.numbers(one.in), 6);
    close(one, x, convolved(x, {3, 5, 6, 6}, {3, 10, 12, 5}, w, {3, 4, 4}, {1, 2, 2}, {1, 1, 1}, {1, 1, 1}, true));
  }
  {
    const Case one{"shuffle", {3, 4, 8}, {6, 8, 2}, "{\"op\":\"shuffle\"," + kIn + ",\"factor\":2}", {}};
    const Numbers x = noise(one.numbers(one.in), 7);
    std::vector<double> wanted(x.size());
    const Size in{1, 3, 4, 8}, out{1, 6, 8, 2};
    for (int n = 0; n < 2; n++)
      for (int r = 0; r < 6; r++)
        for (int c = 0; c < 8; c++)
          for (int k = 0; k < 2; k++) wanted[out.at(n, 0, r, c, k)] = x[in.at(n, 0, r / 2, c / 2, 4 * k + r % 2 * 2 + c % 2)];
    close(one, x, wanted);
  }
  {
    const Case one{"pool", {5, 6, 7}, {2, 3, 7}, "{\"op\":\"pool\"," + kIn + "}", {}};
    const Numbers x = noise(one.numbers(one.in), 8);
    std::vector<double> wanted(one.numbers(one.out), -9);
    const Size in{1, 5, 6, 7}, out{1, 2, 3, 7};
    for (int n = 0; n < 2; n++)
      for (int r = 0; r < 4; r++)
        for (int c = 0; c < 6; c++)
          for (int k = 0; k < 7; k++) {
            double& most = wanted[out.at(n, 0, r / 2, c / 2, k)];
            most = std::max<double>(most, x[in.at(n, 0, r, c, k)]);
          }
    close(one, x, wanted);
  }
  {
    const Named w = weight("w", {6, 6}, 9);
    const Case one{"gate", {4, 5, 6}, {4, 5, 6}, "{\"op\":\"gate\"," + kIn + ",\"weight\":\"w\"}", {w}};
    const Numbers x = noise(one.numbers(one.in), 10);
    std::vector<double> wanted(x.size());
    for (int n = 0; n < 2; n++)
      for (int o = 0; o < 6; o++) {
        double sum = 0;
        for (int i = 0; i < 6; i++)
          for (int p = 0; p < 20; p++) sum += w.values[o * 6 + i] * x[(n * 20 + p) * 6 + i] / 20.0;
        for (int p = 0; p < 20; p++) wanted[(n * 20 + p) * 6 + o] = x[(n * 20 + p) * 6 + o] / (1 + std::exp(-sum));
      }
    close(one, x, wanted);
  }
}

/// Every operation at sizes that fill tiles and that do not, at each precision, against the CPU.
void onDevice(Expect& expect, int every) {
  const auto conv = [](const std::string& more) {
    return "{\"op\":\"conv\",\"in\":\"x\",\"out\":\"a\",\"weight\":\"w\",\"bias\":\"b\"" + more + "},{\"op\":\"add\",\"a\":\"a\",\"out\":\"out\"}";
  };
  std::vector<Case> cases;
  for (const auto& [in, out] : {std::pair{1, 24}, {3, 16}, {8, 8}, {24, 32}, {48, 48}, {81, 64}, {96, 96}, {40, 56}}) {
    const std::string name = "conv " + std::to_string(in) + " to " + std::to_string(out);
    for (const int size : {7, 33, 66}) {
      cases.push_back({name + " at " + std::to_string(size), {size, size + 3, in}, {size, size + 3, out}, conv(",\"pad\":[1,1],\"activation\":\"relu\""),
                       {weight("w", {out, in, 3, 3}, in), weight("b", {out}, out)}});
    }
    cases.push_back({name + " normalised", {40, 40, in}, {20, 20, out},
                     conv(",\"pad\":[1,1],\"stride\":[2,2],\"norm\":{\"groups\":" + std::to_string(out / 8) + "},\"activation\":\"leaky\",\"slope\":0.2"),
                     {weight("w", {out, in, 3, 3}, in), weight("b", {out}, out)}});
  }
  cases.push_back({"conv over time", {4, 20, 24, 16}, {4, 20, 24, 32}, conv(",\"pad\":[1,1,1]"), {weight("w", {32, 16, 3, 3, 3}, 20), weight("b", {32}, 21)}});
  cases.push_back({"deconv over time", {4, 12, 14, 32}, {4, 24, 28, 16},
                   "{\"op\":\"deconv\"," + kIn + ",\"weight\":\"w\",\"bias\":\"b\",\"stride\":[1,2,2],\"pad\":[1,1,1],\"activation\":\"leaky\",\"slope\":0.2}",
                   {weight("w", {32, 16, 3, 4, 4}, 22), weight("b", {16}, 23)}});
  cases.push_back({"shuffle", {9, 11, 32}, {18, 22, 8}, "{\"op\":\"shuffle\"," + kIn + ",\"factor\":2}", {}});
  cases.push_back({"pool", {9, 12, 20}, {4, 6, 20}, "{\"op\":\"pool\"," + kIn + "}", {}});
  cases.push_back({"gate", {4, 17, 19, 48}, {4, 17, 19, 48}, "{\"op\":\"gate\"," + kIn + ",\"weight\":\"w\"}", {weight("w", {48, 48}, 24)}});
  cases.push_back({"warp", {17, 19, 12}, {17, 19, 12},
                   "{\"op\":\"conv\",\"in\":\"x\",\"out\":\"flow\",\"weight\":\"w\",\"type\":\"float32\"},{\"op\":\"warp\"," + kIn + ",\"flow\":\"flow\"}", {weight("w", {2, 12, 1, 1}, 25)}});
  for (std::size_t k = 0; k < cases.size(); k += static_cast<std::size_t>(every)) {
    const Case& one = cases[k];
    // A flow that is rounded reads noise a little elsewhere.
    const double slack = one.name == "warp" ? 8 : 1;
    const Numbers x = noise(one.numbers(one.in), 30);
    const Numbers cpu = one.run(x, -1, nn::Precision::f32);
    const std::vector<double> wanted(cpu.begin(), cpu.end());
    for (const auto& [precision, name, most] : {std::tuple{nn::Precision::f32, "float32", 1e-5}, {nn::Precision::tf32, "tf32", 2e-3}, {nn::Precision::f16, "fp16", 2e-3}, {nn::Precision::bf16, "bf16", 1.6e-2}}) {
      const Numbers device = one.run(x, 0, precision);
      const double off = distance(device, wanted);
      expect.that(off < slack * most, one.name + " in " + name + " differs by " + std::to_string(off));
      expect.that(device == one.run(x, 0, precision, false), one.name + " in " + name + ": a graph gives other bits than plain launches");
    }
  }
}

}  // namespace

int main(int count, char** arguments) { return runPaths(count, arguments, definitions, onDevice); }
