#include "../device/devices.hpp"
#include "../device/slot-pool.hpp"
#include "render-slot.hpp"

namespace gimbal {
namespace {

class LanesOfDevice : public DeviceRenderer {
 public:
  explicit LanesOfDevice(int device) : lanes_(device) {}
  void warmUp() override {
    lanes_.with([](RenderSlot&) {});
  }
  void renderAll(std::span<const RenderRequest> requests) override {
    lanes_.withSeveral(requests.size(), [&](auto& lanes) {
      for (std::size_t i = 0; i < requests.size(); i++) lanes[i]->start(requests[i]);
      for (std::size_t i = 0; i < requests.size(); i++) lanes[i]->finish(requests[i]);
    });
  }

 private:
  SlotPool<RenderSlot> lanes_;
};

class BufferOfDevice : public DeviceMemory {
 public:
  BufferOfDevice(int device, std::size_t bytes) : device_(device) {
    const OnDevice here(device_);
    buffer_ = DeviceBuffer(bytes, "frames on the device");
  }
  void* data() const override { return buffer_.data(); }

 private:
  const int device_;
  DeviceBuffer buffer_;
};

}  // namespace

std::shared_ptr<DeviceRenderer> deviceRenderer(int device) {
  requireCudaDevice(device);
  return std::make_shared<LanesOfDevice>(device);
}

std::unique_ptr<DeviceMemory> deviceMemory(int device, std::size_t bytes) {
  requireCudaDevice(device);
  return std::make_unique<BufferOfDevice>(device, bytes);
}

}  // namespace gimbal
