#include "cuda.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "frame-kernels.cuh"
#include "near-affine.hpp"
#include "kernel-tables.hpp"
#include "mesh-ring.cuh"
#include "plane-map.hpp"

namespace gimbal::cuda {
namespace {

using namespace gimbal::warping;

constexpr std::ptrdiff_t mostStride = 1 << 28;
constexpr std::ptrdiff_t mostBytes = (std::ptrdiff_t{1} << 31) - (std::ptrdiff_t{1} << 20);  // of a plane, for 32-bit offsets

using Kernel = void (*)(FrameJob);

using A = std::uint8_t;
using B = std::uint16_t;

/// Gentle or not, 8 bits or more, kernel.
constexpr Kernel kernels[2][2][3] = {{{warpFrame<A, 2, false>, warpFrame<A, 4, false>, warpFrame<A, 6, false>},
                                      {warpFrame<B, 2, false>, warpFrame<B, 4, false>, warpFrame<B, 6, false>}},
                                     {{warpFrame<A, 2, true>, warpFrame<A, 4, true>, warpFrame<A, 6, true>},
                                      {warpFrame<B, 2, true>, warpFrame<B, 4, true>, warpFrame<B, 6, true>}}};

/// Lets as many blocks run at once as the device's shared memory has room for.
void preferSharedMemory(Kernel kernel) {
  cudaCheck(cudaFuncSetAttribute(kernel, cudaFuncAttributePreferredSharedMemoryCarveout, cudaSharedmemCarveoutMaxShared),
            "preparing the warp");
}

/// The blocks of sixteen pixels of every row of a mesh's plane, left to right.
void appendBlocks(const Map& map, int width, std::vector<Block>& blocks) {
  for (int k = 0; k <= (map.cols == 1 ? 0 : map.cols); k++) {
    const int to = segmentEnd(map, k, width);
    for (int u = segmentEnd(map, k - 1, width); u < to; u += blockSize) blocks.push_back({u, std::min(blockSize, to - u), k});
  }
}

}  // namespace

struct Warp::State {
  KernelTables tables;
  MeshRing meshes;
  std::vector<double> maps;               // of all planes of the frame at hand
  std::vector<Block> blocks[mostPlanes];  // of its mesh

  State() {
    for (const auto& depths : kernels) {
      for (const auto& ofDepth : depths) std::for_each(std::begin(ofDepth), std::end(ofDepth), preferSharedMemory);
    }
  }
};

Warp::Warp() : state_(std::make_unique<State>()) {}
Warp::Warp(Warp&&) noexcept = default;
Warp& Warp::operator=(Warp&&) noexcept = default;
Warp::~Warp() = default;

void Warp::run(const WarpPlane* planes, int count, int bitDepth, int shift, const WarpField& field, const WarpOptions& options,
               CudaStream stream) {
  if (count < 1 || count > mostPlanes) {
    throw std::invalid_argument("warp expects 1 to 4 planes, received " + std::to_string(count));
  }
  for (int i = 0; i < count; i++) {
    const WarpPlane& p = planes[i];
    if (p.srcStride < 1 || p.dstStride < 1 || p.srcStride > mostStride || p.dstStride > mostStride) {
      throw std::invalid_argument("warp expects rows 1 to 2^28 bytes apart");
    }
    checkWarp(p.srcWidth, p.srcHeight, p.dstWidth, p.dstHeight, p.channels, field);
  }
  if (bitDepth != 8 || shift != 0) checkDepth(bitDepth, shift);
  const std::size_t cells = static_cast<std::size_t>(field.rows) * field.cols;
  const int kernel = static_cast<int>(options.interpolation);
  state_->maps.resize(static_cast<std::size_t>(count) * cells * 9);
  FrameJob frame{};
  frame.count = count;
  frame.table = state_->tables.tile[kernel].as<std::uint32_t>();
  for (int i = 0; i < count; i++) {
    const WarpPlane& p = planes[i];
    PlaneJob& plane = frame.plane[i];
    const auto* src = static_cast<const unsigned char*>(p.src);
    auto* dst = static_cast<unsigned char*>(p.dst);
    const Map map = mapFor(field, p.siting, state_->maps.data() + i * cells * 9);
    plane.job = {src, p.srcStride, p.srcWidth, p.srcHeight, dst, p.dstStride, p.dstWidth, bitDepth, shift, p.fill,
                 static_cast<int>(options.border), 2 + 2 * kernel, state_->tables.cpu[kernel].as<std::int32_t>(), map};
    plane.dstHeight = p.dstHeight;
    plane.channels = p.channels;
    const int pixelBytes = p.channels * (bitDepth > 8 ? 2 : 1);
    const auto from = reinterpret_cast<std::uintptr_t>(p.src);
    const auto to = reinterpret_cast<std::uintptr_t>(p.dst);
    if (bitDepth > 8 && (from | to | p.srcStride | p.dstStride) % 2 != 0) {
      throw std::invalid_argument("warp expects samples of 16 bits at even addresses");
    }
    plane.aligned = p.srcStride * p.srcHeight < mostBytes && p.srcStride % 4 == 0 && (pixelBytes < 4 || from % 4 == 0) &&
                    (to | p.dstStride) % pixelBytes == 0;
    plane.whole = plane.aligned && from % 4 == 0;
    if (cells == 1) {
      std::memcpy(plane.homography, plane.job.map.homographies, sizeof plane.homography);
      plane.blockCount = (p.dstWidth + blockSize - 1) / blockSize;
      plane.gentle = isNearAffine(plane.homography, p.dstWidth, p.dstHeight, bitDepth);
    } else {
      state_->blocks[i].clear();
      appendBlocks(plane.job.map, p.dstWidth, state_->blocks[i]);
      plane.blocks = state_->blocks[i].data();
      plane.blockCount = static_cast<int>(state_->blocks[i].size());
    }
    const int across = p.channels == 1 ? chordsAcross<1> : chordsAcross<2>;
    plane.tilesAcross = (plane.blockCount + across - 1) / across;
    plane.firstTile = frame.tiles;
    frame.tiles += plane.tilesAcross * ((p.dstHeight + tileRows - 1) / tileRows);
  }
  if (cells > 1) state_->meshes.stage(frame, stream);
  bool gentle = true;
  for (int i = 0; i < count; i++) gentle = gentle && frame.plane[i].gentle;
  kernels[gentle][bitDepth > 8][kernel]<<<frame.tiles, tileThreads, 0, stream>>>(frame);
  cudaCheckLaunch("warping a frame");
  if (cells > 1) state_->meshes.used(stream);
}

}  // namespace gimbal::cuda
