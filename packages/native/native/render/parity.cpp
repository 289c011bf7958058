// Whole frames through a device, from and to either memory, by several threads at once: the CPU's bits.
#include <memory>
#include <vector>

#include "../device/cuda-error.hpp"
#include "../measure/by-threads.hpp"
#include "../measure/canary-plane.hpp"
#include "../measure/paths.hpp"
#include "../warp/cases.hpp"
#include "render.hpp"

#if defined(GIMBAL_HAS_CUDA)
#include "../measure/on-device.hpp"
#endif

using namespace gimbal;

namespace {

void refusals(Expect& expect) {
  expect.throws<CudaError>([] { deviceRenderer(1000); }, "rendering on cuda:1000");
  expect.throws<CudaError>([] { deviceMemory(1000, 64); }, "memory of cuda:1000");
}

#if defined(GIMBAL_HAS_CUDA)
const double turned[] = {0.98, -0.02, 5.25, 0.02, 0.98, -3.5, 1e-6, -2e-6, 1};

/// A 4:2:0 frame of odd size, and what the CPU makes of it.
template <class S>
struct Frame {
  std::vector<std::unique_ptr<CanaryPlane<S>>> source;
  std::vector<std::unique_ptr<CanaryPlane<S>>> wanted;
  std::vector<std::unique_ptr<CanaryPlane<S>>> made;
  RenderRequest request;

  Frame(int width, int height, Depth depth, bool pairs, int turn) {
    Random random(turn + 1);
    request.bitDepth = depth.bits;
    request.shift = depth.shift;
    request.field = {1, 1, turned, width, height};
    request.options = {static_cast<Interpolation>(turn % 3), static_cast<Border>(turn / 3 % 3), 0, 1};
    for (int p = 0; p < (pairs ? 2 : 3); p++) {
      const int w = p == 0 ? width : (width + 1) / 2;
      const int h = p == 0 ? height : (height + 1) / 2;
      const int channels = p > 0 && pairs ? 2 : 1;
      Case c{w, h, w, h, channels, p == 0 ? Siting{} : Siting{2, 2, 0, 0.5}, request.options, ""};
      c.options.fill = 1 << (depth.bits - 1);
      source.push_back(std::make_unique<CanaryPlane<S>>(w * channels, h, 2 * (turn % 4), 0x33, channels));
      wanted.push_back(std::make_unique<CanaryPlane<S>>(w * channels, h, 6, 0x11, channels));
      made.push_back(std::make_unique<CanaryPlane<S>>(w * channels, h, 6, 0x12, channels));
      for (int y = 0; y < h; y++) fillSamples(source[p]->plane.row(y), static_cast<std::size_t>(w) * channels, depth, Content::noise, random);
      run(source[p]->view(), depth, wanted[p]->plane, c, request.field, c.options);
      const Plane<S> from = source[p]->plane;
      const Plane<S> to = made[p]->plane;
      request.planes.push_back({from.data, from.stride, w, h, to.data, to.stride, w, h, channels, c.siting, c.options.fill});
    }
  }

  bool right() const {
    bool same = true;
    for (std::size_t p = 0; p < made.size(); p++) same = same && made[p]->sameSamples(*wanted[p]) && made[p]->intact();
    return same;
  }
};

/// From host memory to host memory, then over a frame that lies on the device.
template <class S>
bool everyWay(DeviceRenderer& renderer, int width, int height, Depth depth, bool pairs, int turn) {
  Frame<S> direct(width, height, depth, pairs, turn);
  renderer.render(direct.request);
  Frame<S> there(width, height, depth, pairs, turn);
  std::vector<CanaryPlaneOnDevice<S>> targets;
  for (std::size_t p = 0; p < there.made.size(); p++) {
    targets.emplace_back(*there.made[p]);
    there.request.planes[p].dst = targets.back().plane().data;
  }
  there.request.dstOnDevice = true;
  renderer.render(there.request);
  for (std::size_t p = 0; p < targets.size(); p++) targets[p].download(*there.made[p]);
  Frame<S> back(width, height, depth, pairs, turn);
  std::vector<CanaryPlaneOnDevice<S>> sources;
  for (std::size_t p = 0; p < back.source.size(); p++) {
    sources.emplace_back(*back.source[p]);
    back.request.planes[p].src = sources.back().plane().data;
  }
  back.request.srcOnDevice = true;
  renderer.render(back.request);
  return direct.right() && there.right() && back.right();
}

void onDevice(Expect& expect, int every) {
  const std::shared_ptr<DeviceRenderer> renderer = deviceRenderer(0);
  renderer->warmUp();
  byThreads(expect, 36, every, [&](int turn) {
    const int width = 60 + 37 * (turn % 5);
    const int height = 33 + 14 * (turn % 3);
    const bool narrow = everyWay<std::uint8_t>(*renderer, width, height, {8, 0}, turn % 2 == 0, turn);
    const bool wide = everyWay<std::uint16_t>(*renderer, width, height, {10, turn % 2 == 0 ? 6 : 0}, turn % 2 == 0, turn);
    return narrow && wide;
  });
  std::vector<Frame<std::uint8_t>> several;
  for (int turn = 0; turn < 5; turn++) several.emplace_back(80 + 31 * turn, 61 - 7 * turn, Depth{8, 0}, turn % 2 == 0, turn);
  std::vector<RenderRequest> requests;
  for (const auto& frame : several) requests.push_back(frame.request);
  for (int round = 0; round < 3; round++) renderer->renderAll(requests);
  for (const auto& frame : several) expect.that(frame.right(), "several frames in one call");
  renderer->renderAll({});
  RenderRequest nothing;
  expect.throws<std::invalid_argument>([&] { renderer->render(nothing); }, "a frame without planes");
}
#else
void onDevice(Expect&, int) {}
#endif

}  // namespace

int main(int argc, char** argv) { return runPaths(argc, argv, refusals, onDevice); }
