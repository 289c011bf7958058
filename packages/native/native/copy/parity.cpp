// Frames into a device, across it and out again, by several threads at once: the same bytes, and nothing written between rows.
#include <memory>
#include <string>
#include <vector>

#include "../device/cuda-error.hpp"
#include "../device/trace.hpp"
#include "../measure/by-threads.hpp"
#include "../measure/canary-plane.hpp"
#include "../measure/paths.hpp"
#include "../measure/random.hpp"
#include "copy.hpp"

#if defined(GIMBAL_HAS_CUDA)
#include "../measure/on-device.hpp"
#endif

using namespace gimbal;

namespace {

void refusals(Expect& expect) {
  expect.throws<CudaError>([] { frameCopier(1000); }, "copying to cuda:1000");
  expect.throws<CudaError>([] { startDeviceTrace(1000); }, "a trace of cuda:1000");
  expect.that(stopDeviceTrace(1000).empty(), "a trace that was never begun is empty");
}

#if defined(GIMBAL_HAS_CUDA)
using Bytes = CanaryPlane<unsigned char>;

/// The planes of a frame in host memory, its copy on the device, and a place for what comes back; all with other distances between rows.
struct Journey {
  std::vector<std::unique_ptr<Bytes>> from, first, second, back;
  std::vector<CanaryPlaneOnDevice<unsigned char>> there, beyond;

  Journey(int rowBytes, int rows, int planes, int turn) {
    Random random(turn + 1);
    for (int p = 0; p < planes; p++) {
      const int width = p == 0 ? rowBytes : (rowBytes + 1) / 2;
      const int height = p == 0 ? rows : (rows + 1) / 2;
      const auto make = [&](std::vector<std::unique_ptr<Bytes>>& list, int padding, unsigned char seed) {
        list.push_back(std::make_unique<Bytes>(width, height, padding, seed));
      };
      make(from, turn % 3, 0x31);
      make(first, 7 * (turn % 2), 0x42);
      make(second, 5, 0x53);
      make(back, (turn + 1) % 4, 0x64);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) from[p]->plane.row(y)[x] = static_cast<unsigned char>(random.bits());
      }
      there.emplace_back(*first[p]);
      beyond.emplace_back(*second[p]);
    }
  }

  template <class From, class To>
  FrameCopy request(const From& fromPlane, const To& toPlane, bool fromDevice, bool toDevice) const {
    FrameCopy copy;
    copy.fromDevice = fromDevice;
    copy.toDevice = toDevice;
    for (std::size_t p = 0; p < from.size(); p++) {
      const Plane<unsigned char> a = fromPlane(p);
      const Plane<unsigned char> b = toPlane(p);
      copy.planes.push_back({a.data, a.stride, b.data, b.stride, static_cast<std::size_t>(from[p]->rowBytes), a.height});
    }
    return copy;
  }

  bool survives(FrameCopier& copier) {
    const auto source = [&](std::size_t p) { return from[p]->plane; };
    const auto up = [&](std::size_t p) { return there[p].plane(); };
    const auto across = [&](std::size_t p) { return beyond[p].plane(); };
    const auto down = [&](std::size_t p) { return back[p]->plane; };
    copier.copy(request(source, up, false, true));
    copier.copy(request(up, across, true, true));
    copier.copy(request(across, down, true, false));
    bool right = true;
    for (std::size_t p = 0; p < from.size(); p++) {
      there[p].download(*first[p]);
      beyond[p].download(*second[p]);
      for (const Bytes* made : {first[p].get(), second[p].get(), back[p].get()}) {
        right = right && made->sameSamples(*from[p]) && made->intact();
      }
    }
    return right;
  }
};

void onDevice(Expect& expect, int every) {
  const std::shared_ptr<FrameCopier> copier = frameCopier(0);
  startDeviceTrace(0);
  byThreads(expect, 24, every, [&](int turn) {
    Journey journey(1 + 97 * (turn % 5), 1 + 31 * (turn % 4), 1 + turn % 3, turn);
    return journey.survives(*copier);
  });
  const std::vector<DeviceSpan> spans = stopDeviceTrace(0);
  bool sound = spans.size() >= 3 * checkingThreads;
  for (const DeviceSpan& span : spans) sound = sound && span.end >= span.start && span.start > 0;
  expect.that(sound, "the trace knows of every copy: " + std::to_string(spans.size()));
  expect.that(stopDeviceTrace(0).empty(), "a trace ends once");
  FrameCopy nowhere;
  expect.throws<std::invalid_argument>([&] { copier->copy(nowhere); }, "a copy from host to host");
  unsigned char byte = 0;
  nowhere.toDevice = true;
  nowhere.planes.push_back({&byte, 0, &byte, 0, 1, 1});
  expect.throws<std::invalid_argument>([&] { copier->copy(nowhere); }, "rows closer than they are long");
}
#else
void onDevice(Expect&, int) {}
#endif

}  // namespace

int main(int argc, char** argv) { return runPaths(argc, argv, refusals, onDevice); }
