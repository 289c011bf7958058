// The CUDA path of the warp beside the CPU's: planes and whole frames, bit by bit.
#pragma once
#include <memory>

#include "../device/stream.hpp"
#include "../measure/expect.hpp"
#include "../measure/on-device.hpp"
#include "cases.hpp"
#include "cuda.hpp"

namespace gimbal {

template <class S>
cuda::WarpPlane planeOf(const Case& c, const DeviceBytes& src, std::ptrdiff_t srcStride, const CanaryPlaneOnDevice<S>& dst) {
  const Plane<S> target = dst.plane();
  return {src.data(), srcStride, c.srcWidth, c.srcHeight, target.data, target.stride, c.dstWidth, c.dstHeight, c.channels, c.siting,
          c.options.fill};
}

/// One plane by both paths, the second twice. The source ends with its last sample; its rows are packed, or padded to whole words.
template <class S>
void compareCuda(Expect& expect, Random& random, cuda::Warp& warp, const Case& c, Depth depth, const WarpField& field, Content content) {
  const int row = c.srcWidth * c.channels;
  const int samples = random.whole(0, 4) == 0 ? row : (row * static_cast<int>(sizeof(S)) + 3) / 4 * 4 / static_cast<int>(sizeof(S));
  std::vector<S> data(static_cast<std::size_t>(samples) * (c.srcHeight - 1) + row);
  fillSamples(data.data(), data.size(), depth, content, random);
  const auto stride = static_cast<std::ptrdiff_t>(samples * sizeof(S));
  WarpOptions options = c.options;
  options.threads = 2;
  const int padding = random.whole(0, 9);
  CanaryPlane<S> wanted(c.dstWidth * c.channels, c.dstHeight, padding, 0x5b, c.channels);
  run(Plane<const S>{data.data(), c.srcWidth, c.srcHeight, stride}, depth, wanted.plane, c, field, options);
  const DeviceBytes source(data.data(), data.size() * sizeof(S));
  for (int repeat = 0; repeat < 2; repeat++) {
    CanaryPlane<S> made(c.dstWidth * c.channels, c.dstHeight, padding, repeat == 0 ? 0xc4 : 0x00, c.channels);
    const CanaryPlaneOnDevice<S> target(made);
    const cuda::WarpPlane plane = planeOf(c, source, stride, target);
    warp.run(&plane, 1, depth.bits, depth.shift, field, options, nullptr);
    target.download(made);
    expect.that(made.sameSamples(wanted) && made.intact(), c.name + ": CUDA differs from the CPU, " + made.difference(wanted));
  }
}

/// All planes of a frame in one launch, on a stream of its own, again and again from the same object.
template <class S>
void wholeFrames(Expect& expect, Random& random, cuda::Warp& warp, int width, int height, Depth depth, bool pairs) {
  Stream stream;
  for (int i = 0; i < 6; i++) {
    Matrix grid;
    const int cells = i % 3 == 2 ? 4 : 1;
    for (int cell = 0; cell < cells * cells; cell++) {
      const Matrix m = motion(width, height, random.real(-2, 2), random.real(0.9, 1), random.real(-9, 9), random.real(-9, 9), 1e-6, -1e-6);
      grid.insert(grid.end(), m.begin(), m.end());
    }
    const WarpField field{cells, cells, grid.data(), width, height};
    const WarpOptions options{static_cast<Interpolation>(i % 3), static_cast<Border>(i / 2 % 3), 0, 2};
    std::vector<cuda::WarpPlane> planes;
    std::vector<std::unique_ptr<CanaryPlane<S>>> wanted;
    std::vector<std::unique_ptr<CanaryPlane<S>>> made;
    std::vector<DeviceBytes> sources;
    std::vector<CanaryPlaneOnDevice<S>> targets;
    for (int p = 0; p < (pairs ? 2 : 3); p++) {
      const int w = p == 0 ? width : (width + 1) / 2;
      const int h = p == 0 ? height : (height + 1) / 2;
      const int channels = p > 0 && pairs ? 2 : 1;
      Case c{w, h, w, h, channels, p == 0 ? Siting{} : Siting{2, 2, 0, 0.5}, options, "frame " + std::to_string(width)};
      c.options.fill = p == 0 ? 1 << (depth.bits - 4) : 1 << (depth.bits - 1);
      const int stride = (w * channels * static_cast<int>(sizeof(S)) + 255) / 256 * 256;
      std::vector<S> data(static_cast<std::size_t>(stride) / sizeof(S) * h);
      fillSamples(data.data(), data.size(), depth, Content::noise, random);
      wanted.push_back(std::make_unique<CanaryPlane<S>>(w * channels, h, 8, 0x11, channels));
      made.push_back(std::make_unique<CanaryPlane<S>>(w * channels, h, 8, 0x12, channels));
      run(Plane<const S>{data.data(), w, h, stride}, depth, wanted.back()->plane, c, field, c.options);
      sources.emplace_back(data.data(), data.size() * sizeof(S));
      targets.emplace_back(*made.back());
      planes.push_back(planeOf(c, sources.back(), stride, targets.back()));
    }
    warp.run(planes.data(), static_cast<int>(planes.size()), depth.bits, depth.shift, field, options, stream);
    for (std::size_t p = 0; p < planes.size(); p++) {
      targets[p].download(*made[p]);
      expect.that(made[p]->sameSamples(*wanted[p]) && made[p]->intact(),
                  "plane " + std::to_string(p) + " of a " + std::to_string(width) + "x" + std::to_string(height) + " frame of " +
                      std::to_string(depth.bits) + " bits, " + std::to_string(i) + ": CUDA differs from the CPU, " + made[p]->difference(*wanted[p]));
    }
  }
}

}  // namespace gimbal
