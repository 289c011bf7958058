#include "render-slot.hpp"

#include <stdexcept>

#include "../plane/copy-rows.hpp"

namespace gimbal {
namespace {

constexpr std::size_t rowAlignment = 64;

std::size_t roundedUp(std::size_t bytes) { return (bytes + rowAlignment - 1) / rowAlignment * rowAlignment; }

}  // namespace

/// Every plane's place in the buffers, which are made large enough; planes_ as the device sees them.
void RenderSlot::layOut(const RenderRequest& request) {
  const std::size_t sample = request.bitDepth > 8 ? 2 : 1;
  sources_.clear();
  targets_.clear();
  std::size_t sourceBytes = 0;
  std::size_t targetBytes = 0;
  const auto place = [&](std::vector<Staged>& staged, std::size_t& bytes, int width, int height, int channels) {
    const std::size_t row = width * channels * sample;
    staged.push_back({bytes, static_cast<std::ptrdiff_t>(roundedUp(row)), row});
    bytes += roundedUp(row) * height;
  };
  for (const cuda::WarpPlane& p : request.planes) {
    if (p.srcWidth < 1 || p.srcHeight < 1 || p.dstWidth < 1 || p.dstHeight < 1 || p.channels < 1 || p.channels > 2) {
      throw std::invalid_argument("a frame to render has planes of at least 1x1, of 1 or 2 channels");
    }
    place(sources_, sourceBytes, p.srcWidth, p.srcHeight, p.channels);
    place(targets_, targetBytes, p.dstWidth, p.dstHeight, p.channels);
  }
  if (!request.srcOnDevice) {
    hostSource_.reserve(sourceBytes, "a frame on its way to the device");
    source_.reserve(sourceBytes, "a frame to be warped");
  }
  if (!request.dstOnDevice) {
    hostTarget_.reserve(targetBytes, "a frame on its way from the device");
    target_.reserve(targetBytes, "a warped frame");
  }
  planes_ = request.planes;
  for (std::size_t i = 0; i < planes_.size(); i++) {
    cuda::WarpPlane& p = planes_[i];
    if (!request.srcOnDevice) {
      p.src = source_.as<unsigned char>() + sources_[i].at;
      p.srcStride = sources_[i].stride;
    }
    if (!request.dstOnDevice) {
      p.dst = target_.as<unsigned char>() + targets_[i].at;
      p.dstStride = targets_[i].stride;
    }
  }
}

/// Plane by plane, so that one crosses while the next is brought into page-locked memory.
void RenderSlot::upload(const RenderRequest& request) {
  for (std::size_t i = 0; i < planes_.size(); i++) {
    const cuda::WarpPlane& from = request.planes[i];
    const Staged& staged = sources_[i];
    unsigned char* pinned = hostSource_.as<unsigned char>() + staged.at;
    copyRows(pinned, staged.stride, static_cast<const unsigned char*>(from.src), from.srcStride, staged.rowBytes, from.srcHeight);
    const std::size_t bytes = staged.stride * from.srcHeight;
    cudaCheck(cudaMemcpyAsync(source_.as<unsigned char>() + staged.at, pinned, bytes, cudaMemcpyHostToDevice, stream_.get()),
              "uploading a frame");
  }
}

void RenderSlot::download(const RenderRequest& request) {
  for (std::size_t i = 0; i < planes_.size(); i++) {
    const std::size_t bytes = targets_[i].stride * request.planes[i].dstHeight;
    cudaCheck(cudaMemcpyAsync(hostTarget_.as<unsigned char>() + targets_[i].at, target_.as<unsigned char>() + targets_[i].at, bytes,
                              cudaMemcpyDeviceToHost, stream_.get()),
              "downloading a frame");
    planeDone_[i].record(stream_);
  }
  marks_.mark("download", stream_);
}

/// From page-locked memory to where the frame lies, plane by plane as they come.
void RenderSlot::hand(const RenderRequest& request) {
  for (std::size_t i = 0; i < planes_.size(); i++) {
    const cuda::WarpPlane& to = request.planes[i];
    planeDone_[i].wait();
    copyRows(static_cast<unsigned char*>(to.dst), to.dstStride, hostTarget_.as<unsigned char>() + targets_[i].at, targets_[i].stride,
             targets_[i].rowBytes, to.dstHeight);
  }
}

void RenderSlot::start(const RenderRequest& request) {
  if (request.planes.empty() || request.planes.size() > cuda::Warp::mostPlanes) {
    throw std::invalid_argument("a frame to render has 1 to 4 planes");
  }
  layOut(request);
  marks_.begin(stream_);
  if (request.srcOnDevice) {
    sourceReady_.record(request.ready);
    stream_.after(sourceReady_);
  } else {
    upload(request);
    marks_.mark("upload", stream_);
  }
  warp_.run(planes_.data(), static_cast<int>(planes_.size()), request.bitDepth, request.shift, request.field, request.options, stream_);
  marks_.mark("warp", stream_);
  if (request.dstOnDevice) {
    planeDone_[0].record(stream_);
  } else {
    download(request);
  }
}

void RenderSlot::finish(const RenderRequest& request) {
  if (request.dstOnDevice) {
    planeDone_[0].wait();
  } else {
    hand(request);
  }
  marks_.note();
}

}  // namespace gimbal
