#include <mutex>

#include "../device/devices.hpp"
#include "lane.hpp"

namespace gimbal {
namespace {

class LanesOfDevice : public DeviceRenderer {
 public:
  explicit LanesOfDevice(int device) : device_(device) {}

  ~LanesOfDevice() override {
    if (lanes_.empty()) return;
    try {
      const OnDevice here(device_);
      lanes_.clear();
    } catch (const CudaError&) {  // a device that is gone has given its memory back
    }
  }

  void warmUp() override {
    const OnDevice here(device_);
    giveBack(lane());
  }

  void render(const RenderRequest& request) override {
    const OnDevice here(device_);
    std::unique_ptr<RenderLane> mine = lane();
    mine->render(request);
    giveBack(std::move(mine));  // after a failure it may still be at work, so that one is taken down instead
  }

 private:
  std::unique_ptr<RenderLane> lane() {
    {
      const std::lock_guard lock(mutex_);
      if (!lanes_.empty()) {
        std::unique_ptr<RenderLane> last = std::move(lanes_.back());
        lanes_.pop_back();
        return last;
      }
    }
    return std::make_unique<RenderLane>();
  }

  void giveBack(std::unique_ptr<RenderLane> lane) {
    const std::lock_guard lock(mutex_);
    lanes_.push_back(std::move(lane));
  }

  const int device_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<RenderLane>> lanes_;
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
