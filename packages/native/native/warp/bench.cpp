#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "../isa/isa.hpp"
#include "../measure/bench.hpp"
#include "../measure/median.hpp"
#include "warp.hpp"

#if defined(GIMBAL_HAS_CUDA)
#include "../measure/device-time.hpp"
#include "cuda.hpp"
#endif

namespace {

using namespace gimbal;

/// A correction such as a steadying run makes: `degrees` of rotation, 3 % zoom, a shift, and `tilt` of perspective, about the
/// centre of 1920x1080.
std::vector<double> correction(double degrees, double tilt) {
  const double angle = degrees * 3.14159265358979 / 180;
  const double a = 0.97 * std::cos(angle);
  const double b = 0.97 * std::sin(angle);
  const double cx = 960;
  const double cy = 540;
  return {a, -b, cx - a * cx + b * cy + 3.3, b, a, cy - b * cx - a * cy - 2.7, tilt, tilt / 2, 1 - tilt * cx - tilt / 2 * cy};
}

template <class S>
struct Yuv420 {
  std::vector<S> y = std::vector<S>(1920 * 1080);
  std::vector<S> u = std::vector<S>(960 * 540);
  std::vector<S> v = std::vector<S>(960 * 540);
};

void one(std::uint8_t* src, std::uint8_t* dst, int w, int h, int channels, const WarpField& f, const Siting& s,
         const WarpOptions& o) {
  warp(Plane<const std::uint8_t>{src, w, h, w * channels}, Plane<std::uint8_t>{dst, w, h, w * channels}, channels, f, s, o);
}
void one(std::uint16_t* src, std::uint16_t* dst, int w, int h, int channels, const WarpField& f, const Siting& s,
         const WarpOptions& o) {
  const int stride = w * channels * 2;
  warp(Plane<const std::uint16_t>{src, w, h, stride}, 10, 0, Plane<std::uint16_t>{dst, w, h, stride}, channels, f, s, o);
}

template <class S>
double frame(Yuv420<S>& in, Yuv420<S>& out, const WarpField& field, WarpOptions options, bool pairs) {
  const Siting chroma{2, 2, 0, 0.5};
  std::vector<S> both(960 * 540 * 2);
  std::vector<S> bothOut(960 * 540 * 2);
  return medianMilliseconds([&] {
    one(in.y.data(), out.y.data(), 1920, 1080, 1, field, {}, options);
    if (pairs) return one(both.data(), bothOut.data(), 960, 540, 2, field, chroma, options);
    one(in.u.data(), out.u.data(), 960, 540, 1, field, chroma, options);
    one(in.v.data(), out.v.data(), 960, 540, 1, field, chroma, options);
  }, 31);
}

void onHost() {
  Yuv420<std::uint8_t> in;
  Yuv420<std::uint8_t> out;
  Yuv420<std::uint16_t> in10;
  Yuv420<std::uint16_t> out10;
  for (std::size_t i = 0; i < in.y.size(); i++) in10.y[i] = in.y[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
  std::printf("1920x1080 4:2:0, all planes, one thread, milliseconds (median of 31)\n");
  const Isa best = activeIsa();
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (isa > best) continue;
    limitIsa(isa);
    const struct { const char* name; double degrees, tilt; } cases[] = {
        {"1 degree", 1, 1e-6}, {"5 degrees", 5, 1e-6}, {"strong perspective", 1, 2e-4}};
    for (const auto& c : cases) {
      const std::vector<double> h = correction(c.degrees, c.tilt);
      const WarpField field{1, 1, h.data(), 1920, 1080};
      const Interpolation kinds[] = {Interpolation::bilinear, Interpolation::bicubic, Interpolation::lanczos3};
      const char* names[] = {"bilinear", "bicubic", "lanczos3"};
      for (int k = 0; k < 3; k++) {
        const WarpOptions options{kinds[k], Border::fill, 16, 1};
        std::printf("%-8s %-18s %-8s  yuv420p %6.2f  nv12 %6.2f  yuv420p10 %6.2f\n", isaName(isa), c.name, names[k],
                    frame(in, out, field, options, false), frame(in, out, field, options, true),
                    frame(in10, out10, field, options, false));
        if (isa == Isa::baseline && k == 0 && c.degrees > 1) break;
      }
    }
    std::vector<double> mesh;
    for (int i = 0; i < 16 * 16; i++) {
      const std::vector<double> h = correction(1 + 0.01 * (i % 7), 1e-6);
      mesh.insert(mesh.end(), h.begin(), h.end());
    }
    const WarpField field{16, 16, mesh.data(), 1920, 1080};
    std::printf("%-8s %-18s %-8s  yuv420p %6.2f\n", isaName(isa), "16x16 mesh", "bilinear",
                frame(in, out, field, {Interpolation::bilinear, Border::fill, 16, 1}, false));
  }
}

#if defined(GIMBAL_HAS_CUDA)
struct Format {
  const char* name;
  int bits;
  int shift;
  bool pairs;
};

/// A 4:2:0 frame on the device, its rows 256 bytes apart by whole multiples, as decoders lay them.
class FrameOnDevice {
 public:
  FrameOnDevice(int width, int height, const Format& f) {
    const int sample = f.bits > 8 ? 2 : 1;
    std::size_t at = 0;
    for (int p = 0; p < (f.pairs ? 2 : 3); p++) {
      const int w = p == 0 ? width : width / 2;
      const int h = p == 0 ? height : height / 2;
      const int channels = p > 0 && f.pairs ? 2 : 1;
      const std::ptrdiff_t stride = (static_cast<std::ptrdiff_t>(w) * channels * sample + 255) / 256 * 256;
      planes_.push_back({nullptr, stride, w, h, nullptr, stride, w, h, channels, p == 0 ? Siting{} : Siting{2, 2, 0, 0.5}, 16});
      offsets_.push_back(at);
      at += static_cast<std::size_t>(stride) * h;
    }
    memory_ = DeviceBuffer(at, "a bench");
  }
  const DeviceBuffer& memory() const { return memory_; }
  /// The planes of a warp from this frame into `target`.
  std::vector<cuda::WarpPlane> into(const FrameOnDevice& target) const {
    std::vector<cuda::WarpPlane> planes = planes_;
    for (std::size_t p = 0; p < planes.size(); p++) {
      planes[p].src = memory_.as<unsigned char>() + offsets_[p];
      planes[p].dst = target.memory_.as<unsigned char>() + offsets_[p];
    }
    return planes;
  }

 private:
  std::vector<cuda::WarpPlane> planes_;
  std::vector<std::size_t> offsets_;
  DeviceBuffer memory_;
};

void timeWarp(const DeviceBench& bench, int width, const Format& f, Interpolation interpolation, double tilt) {
  const char* kernels[] = {"bilinear", "bicubic", "lanczos3"};
  const int height = width * 9 / 16;
  const std::string name = std::to_string(width) + "x" + std::to_string(height) + " " + f.name + " " +
                           kernels[static_cast<int>(interpolation)] + (tilt > 1e-5 ? " strong perspective" : "");
  const double scale = width / 1920.0;
  std::vector<double> h = correction(1, tilt / scale);
  h[2] *= scale;
  h[5] *= scale;
  const double bytes = 2.0 * width * height * 1.5 * (f.bits > 8 ? 2 : 1);
  cuda::Warp warp;
  std::vector<FrameOnDevice> from;
  std::vector<FrameOnDevice> to;
  std::vector<std::vector<cuda::WarpPlane>> planes;
  for (int i = 0; i < rotation(bytes, 24); i++) {
    from.emplace_back(width, height, f);
    to.emplace_back(width, height, f);
    fillWithNoise(from.back().memory(), i + 1);
  }
  for (std::size_t i = 0; i < from.size(); i++) planes.push_back(from[i].into(to[i]));
  const WarpField field{1, 1, h.data(), width, height};
  const auto one = [&](int i, CudaStream stream) {
    const int count = static_cast<int>(planes[i].size());
    warp.run(planes[i].data(), count, f.bits, f.shift, field, {interpolation, Border::fill, 16, 1}, stream);
  };
  const Timing time = deviceTime(static_cast<int>(planes.size()), one);
  bench.report("warp", name, time, bytes);
}
#endif

void onDevice() {
#if defined(GIMBAL_HAS_CUDA)
  const DeviceBench bench;
  const Format formats[] = {{"yuv420p", 8, 0, false}, {"nv12", 8, 0, true}, {"yuv420p10", 10, 0, false}, {"p010", 10, 6, true}};
  for (const int width : {1280, 1920, 3840}) {
    for (const Format& f : formats) {
      for (const Interpolation k : {Interpolation::bilinear, Interpolation::bicubic, Interpolation::lanczos3}) {
        timeWarp(bench, width, f, k, 1e-6);
      }
    }
  }
  timeWarp(bench, 1920, formats[0], Interpolation::bicubic, 2e-4);
#endif
}

}  // namespace

int main(int argc, char** argv) { return runBench(argc, argv, onHost, onDevice); }
