// Meshes on their way to the device.
#pragma once
#include <algorithm>
#include <array>
#include <cstring>

#include "../device/buffer.hpp"
#include "../device/stream.hpp"
#include "frame-kernels.cuh"

namespace gimbal::warping {

/// A ring of staging slots, so that a frame need not wait for the one before it.
class MeshRing {
 public:
  /// Brings the maps and blocks of all planes to the device and has the rows judged there: `frame` has host pointers before,
  /// the device's after.
  void stage(FrameJob& frame, CudaStream stream);
  /// To be called once what reads the last mesh is on its way.
  void used(CudaStream stream) { slots_[(next_ + slots_.size() - 1) % slots_.size()].used.record(stream); }

 private:
  struct Slot {
    PinnedBuffer host;
    DeviceBuffer device;
    Event used;
  };
  std::array<Slot, 4> slots_;
  std::size_t next_ = 0;
};

inline void MeshRing::stage(FrameJob& frame, CudaStream stream) {
  const auto roundedUp = [](std::size_t bytes) { return (bytes + 255) / 256 * 256; };
  std::size_t staged = 0;
  unsigned most = 0;
  std::size_t mapAt[mostPlanes];
  std::size_t blocksAt[mostPlanes];
  std::size_t servesAt[mostPlanes];
  const auto mapBytes = [](const Map& map) { return static_cast<std::size_t>(map.rows) * map.cols * 9 * sizeof(double); };
  const auto blockBytes = [](const PlaneJob& plane) { return plane.blockCount * sizeof(Block); };
  for (int i = 0; i < frame.count; i++) {
    mapAt[i] = staged;
    staged += roundedUp(mapBytes(frame.plane[i].job.map));
    blocksAt[i] = staged;
    staged += roundedUp(blockBytes(frame.plane[i]));
  }
  std::size_t total = staged;
  for (int i = 0; i < frame.count; i++) {
    const unsigned flags = static_cast<unsigned>(frame.plane[i].dstHeight) * (frame.plane[i].job.map.cols + 1);
    most = std::max(most, flags);
    servesAt[i] = total;
    total += roundedUp(flags);
  }
  Slot& slot = slots_[next_];
  next_ = (next_ + 1) % slots_.size();
  slot.used.wait();  // four frames ago, so as a rule long done
  slot.host.reserve(staged, "a mesh of homographies");
  slot.device.reserve(total, "a mesh of homographies");
  auto* host = slot.host.as<unsigned char>();
  auto* device = slot.device.as<unsigned char>();
  for (int i = 0; i < frame.count; i++) {
    PlaneJob& plane = frame.plane[i];
    std::memcpy(host + mapAt[i], plane.job.map.homographies, mapBytes(plane.job.map));
    std::memcpy(host + blocksAt[i], plane.blocks, blockBytes(plane));
    plane.job.map.homographies = reinterpret_cast<const double*>(device + mapAt[i]);
    plane.blocks = reinterpret_cast<const Block*>(device + blocksAt[i]);
    plane.chordsServe = device + servesAt[i];
  }
  cudaCheck(cudaMemcpyAsync(device, host, staged, cudaMemcpyHostToDevice, stream), "uploading a mesh of homographies");
  judgeMesh<<<dim3((most + 127) / 128, static_cast<unsigned>(frame.count)), 128, 0, stream>>>(frame);
  cudaCheckLaunch("judging the rows of a mesh");
}

}  // namespace gimbal::warping
