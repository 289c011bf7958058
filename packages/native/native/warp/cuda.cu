#include "cuda.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../device/buffer.hpp"
#include "../device/stream.hpp"
#include "gentle.hpp"
#include "kernels.hpp"
#include "planeMap.hpp"
#include "blockTile.cuh"
#include "tile.cuh"
#include <cstdlib>

namespace gimbal::cuda {
namespace {

using namespace gimbal::warping;

constexpr int warpsOfBlock = 8;

/// All planes of a frame, a kernel argument.
struct FrameJob {
  PlaneJob plane[Warp::mostPlanes];
  int count;
  int tiles;
  const std::uint32_t* table;  // kernel weights as tileTable lays them
};

template <class S, int P, int N>
__device__ inline void warpTile(const PlaneJob& plane, const std::uint32_t* table, int index, int4 (&chords)[tileThreads],
                                unsigned char (&kinds)[tileThreads]) {
  const int tileX = index % plane.tilesAcross;
  const int tileY = index / plane.tilesAcross;
  const int thread = static_cast<int>(threadIdx.x) % tileThreads;
  const Kind kind = chordOfTile<S, P, N>(plane, tileX, tileY, thread, chords[thread]);
  kinds[thread] = kind;
  const unsigned insides = __ballot_sync(~0u, kind == inside);
  const bool more = __any_sync(~0u, kind != none && !allInside(insides, thread / tileChords));
  __syncwarp();
  insideRows<S, P, N>(plane, table, tileX, tileY, thread, insides, chords);
  if (more) otherRows<S, P, N>(plane, table, tileX, tileY, thread, insides, kinds, chords);
  __syncwarp();
}

/// A grid of as many blocks as run at once; each warp takes one tile after the other.
template <class S, int N>
__global__ void __launch_bounds__(warpsOfBlock* tileThreads, 4) warpFrame(const __grid_constant__ FrameJob frame) {
  __shared__ alignas(16) std::uint32_t table[tableWords<N>];
  __shared__ int4 chords[warpsOfBlock][tileThreads];
  __shared__ unsigned char kinds[warpsOfBlock][tileThreads];
  if constexpr (N > 2) {
    const auto* from = reinterpret_cast<const uint4*>(frame.table);
    for (int i = static_cast<int>(threadIdx.x); i < tableWords<N> / 4; i += static_cast<int>(blockDim.x)) {
      reinterpret_cast<uint4*>(table)[i] = __ldg(from + i);
    }
    __syncthreads();
  }
  const int warp = static_cast<int>(threadIdx.x) / tileThreads;
  const int step = static_cast<int>(gridDim.x) * warpsOfBlock;
  for (int tile = static_cast<int>(blockIdx.x) * warpsOfBlock + warp; tile < frame.tiles; tile += step) {
    int p = 0;
    while (p + 1 < frame.count && tile >= frame.plane[p + 1].firstTile) p++;
    const PlaneJob& plane = frame.plane[p];
    if (plane.channels == 1) {
      warpTile<S, 1, N>(plane, table, tile - plane.firstTile, chords[warp], kinds[warp]);
    } else {
      warpTile<S, 2, N>(plane, table, tile - plane.firstTile, chords[warp], kinds[warp]);
    }
  }
}

template <class S, int P, int N, bool Gentle, class F>
__device__ inline void blockTile(const PlaneJob& plane, const std::uint32_t* table, TileMemory<F>& memory, int tileX, int tileY) {
  const int thread = static_cast<int>(threadIdx.x);
  endsOfTile<P, Gentle>(plane, memory, tileX, tileY, thread);
  __syncthreads();
  chordsOfTile<S, P, N, Gentle>(plane, memory, tileX, tileY, thread);
  __syncthreads();
  const Rectangle r = rectangleOf<S, P, N>({memory.reach[0], memory.reach[1], memory.reach[2], memory.reach[3]});
  if (plane.whole && memory.others == 0 && fitsStage<S, P, N>(r, F::words)) {
    stageTile<S, P, N>(plane, memory, r, thread);
    __syncthreads();
    stagedRows<S, P, N>(plane, memory, table, tileX, tileY, thread);
  } else {
    __syncthreads();
    looseRows<S, P, N, Gentle>(plane, memory, table, tileX, tileY, thread);
  }
}

template <class S, int N, bool Gentle, class F, int Blocks>
__global__ void __launch_bounds__(F::threads, Blocks) warpBlocks(const __grid_constant__ FrameJob frame) {
  __shared__ alignas(16) std::uint32_t table[tableWords<N>];
  __shared__ TileMemory<F> memory;
  if constexpr (N > 2) {
    for (int i = static_cast<int>(threadIdx.x); i < tableWords<N> / 4; i += F::threads) {
      const auto* from = reinterpret_cast<const uint4*>(frame.table) + i;
#if __CUDA_ARCH__ >= 800
      const auto to = static_cast<unsigned>(__cvta_generic_to_shared(table + 4 * i));
      asm volatile("cp.async.ca.shared.global [%0], [%1], 16;" ::"r"(to), "l"(from) : "memory");
#else
      reinterpret_cast<uint4*>(table)[i] = __ldg(from);
#endif
    }
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_all;" ::: "memory");
#endif
  }
  for (int tile = static_cast<int>(blockIdx.x); tile < frame.tiles; tile += static_cast<int>(gridDim.x)) {
    int p = 0;
    while (p + 1 < frame.count && tile >= frame.plane[p + 1].firstTile) p++;
    const PlaneJob& plane = frame.plane[p];
    const int index = tile - plane.firstTile;
    const int tileX = index % plane.tilesAcross;
    const int tileY = index / plane.tilesAcross;
    if (plane.channels == 1) {
      blockTile<S, 1, N, Gentle>(plane, table, memory, tileX, tileY);
    } else {
      blockTile<S, 2, N, Gentle>(plane, table, memory, tileX, tileY);
    }
  }
}

/// For every row and segment of a mesh, whether chords stand for the curve: it takes the whole segment to tell.
__global__ void judgeMesh(const __grid_constant__ FrameJob frame) {
  const PlaneJob& plane = frame.plane[blockIdx.y];
  const int segments = plane.job.map.cols + 1;
  const int index = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int v = index / segments;
  if (v >= plane.dstHeight) return;
  const Segment s = segmentAt(plane.job.map, v, index % segments, plane.job.dstWidth);
  const_cast<unsigned char*>(plane.chordsServe)[index] = s.from < s.to && chordsServe(s, plane.job.bits);
}

constexpr std::ptrdiff_t mostStride = 1 << 28;

std::size_t roundedUp(std::size_t bytes) { return (bytes + 255) / 256 * 256; }

/// The weights of kernels.hpp as the tiles want them: 1024 phases, three pairs padded to four words.
std::vector<std::uint32_t> tileTable(Interpolation interpolation) {
  const int pairs = 1 + static_cast<int>(interpolation);
  const int words = pairs == 2 ? 2 : 4;
  const std::int32_t* weights = kernelWeights(interpolation);
  std::vector<std::uint32_t> table(static_cast<std::size_t>(phaseCount) * words);
  for (int phase = 0; phase < phaseCount; phase++) {
    for (int k = 0; k < pairs; k++) {
      const std::int32_t pair = weights[phase * pairs + k];
      const std::int32_t first = -2 * static_cast<std::int16_t>(pair & 0xffff);
      table[phase * words + k] = (static_cast<std::uint32_t>(first) & 0xffffu) | static_cast<std::uint32_t>(-2 * (pair >> 16)) << 16;
    }
  }
  return table;
}

DeviceBuffer uploaded(const void* data, std::size_t bytes) {
  DeviceBuffer buffer(bytes, "the kernel tables of the warp");
  cudaCheck(cudaMemcpy(buffer.data(), data, bytes, cudaMemcpyHostToDevice), "uploading the kernel tables of the warp");
  return buffer;
}

using Kernel = void (*)(FrameJob);

struct Variant {
  Kernel kernels[2][2][3];  // gentle or not, 8 bits or more, kernel
  int threads;
  int rows;      // of a tile
  bool blocks;   // a block of threads per tile, not a warp
  bool resident; // as many blocks as run at once
};

template <class F, int Blocks>
constexpr Variant variantOf(bool resident) {
  using A = std::uint8_t;
  using B = std::uint16_t;
  return {{{{warpBlocks<A, 2, false, F, Blocks>, warpBlocks<A, 4, false, F, Blocks>, warpBlocks<A, 6, false, F, Blocks>},
            {warpBlocks<B, 2, false, F, Blocks>, warpBlocks<B, 4, false, F, Blocks>, warpBlocks<B, 6, false, F, Blocks>}},
           {{warpBlocks<A, 2, true, F, Blocks>, warpBlocks<A, 4, true, F, Blocks>, warpBlocks<A, 6, true, F, Blocks>},
            {warpBlocks<B, 2, true, F, Blocks>, warpBlocks<B, 4, true, F, Blocks>, warpBlocks<B, 6, true, F, Blocks>}}},
          F::threads, F::rows, true, resident};
}

using Small = Form<16, 128, 2>;
using Large = Form<32, 256, 2>;
constexpr Kernel now[2][3] = {{warpFrame<std::uint8_t, 2>, warpFrame<std::uint8_t, 4>, warpFrame<std::uint8_t, 6>},
                              {warpFrame<std::uint16_t, 2>, warpFrame<std::uint16_t, 4>, warpFrame<std::uint16_t, 6>}};
constexpr Variant variants[] = {
    {{{{now[0][0], now[0][1], now[0][2]}, {now[1][0], now[1][1], now[1][2]}}, {{now[0][0], now[0][1], now[0][2]}, {now[1][0], now[1][1], now[1][2]}}},
     warpsOfBlock * tileThreads, tileRows, false, true},
    variantOf<Large, 5>(true),
    variantOf<Large, 5>(false),
    variantOf<Small, 10>(true),
    variantOf<Form<32, 256, 4>, 4>(true)};

const Variant& chosen() {
  static const Variant& variant = variants[std::getenv("GIMBAL_WARP") != nullptr ? std::atoi(std::getenv("GIMBAL_WARP")) : 0];
  return variant;
}

/// How many blocks of a kernel the current device runs at once.
int residentBlocks(Kernel kernel, int threads) {
  int device = 0;
  int multiprocessors = 0;
  int blocks = 0;
  cudaCheck(cudaFuncSetAttribute(kernel, cudaFuncAttributePreferredSharedMemoryCarveout, cudaSharedmemCarveoutMaxShared), "preparing the warp");
  cudaCheck(cudaGetDevice(&device), "asking for the current device");
  cudaCheck(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device), "asking what a device is");
  cudaCheck(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, threads, 0), "preparing the warp");
  return multiprocessors * blocks;
}

/// The blocks of sixteen pixels of every row of a mesh's plane, left to right.
void appendBlocks(const Map& map, int width, std::vector<Block>& blocks) {
  for (int k = 0; k <= (map.cols == 1 ? 0 : map.cols); k++) {
    const int to = segmentEnd(map, k, width);
    for (int u = segmentEnd(map, k - 1, width); u < to; u += blockSize) blocks.push_back({u, std::min(blockSize, to - u), k});
  }
}

}  // namespace

/// Meshes travel through a ring of staging slots, so that a frame need not wait for the one before it.
struct Warp::State {
  struct Slot {
    PinnedBuffer host;
    DeviceBuffer device;
    Event used;
  };
  DeviceBuffer tileWeights[3];
  DeviceBuffer cpuWeights[3];
  std::array<Slot, 4> slots;
  std::size_t next = 0;
  std::vector<Block> blocks[mostPlanes];
  std::vector<double> maps;
  int resident[2][2][3];

  State() {
    for (int i = 0; i < 12; i++) resident[i / 6][i / 3 % 2][i % 3] = residentBlocks(chosen().kernels[i / 6][i / 3 % 2][i % 3], chosen().threads);
    for (const Interpolation interpolation : {Interpolation::bicubic, Interpolation::lanczos3}) {
      const int k = static_cast<int>(interpolation);
      const std::vector<std::uint32_t> table = tileTable(interpolation);
      tileWeights[k] = uploaded(table.data(), table.size() * 4);
      cpuWeights[k] = uploaded(kernelWeights(interpolation), static_cast<std::size_t>(phaseCount + 1) * (k + 1) * 4);
    }
  }

  void stageMesh(FrameJob& frame, std::size_t cells, CudaStream stream);
  void launch(const FrameJob& frame, int sampleBytes, int kernel, CudaStream stream) const;
};

Warp::Warp() : state_(std::make_unique<State>()) {}
Warp::Warp(Warp&&) noexcept = default;
Warp& Warp::operator=(Warp&&) noexcept = default;
Warp::~Warp() = default;

/// Brings the maps and blocks of all planes to the device and has the rows judged there.
void Warp::State::stageMesh(FrameJob& frame, std::size_t cells, CudaStream stream) {
  std::size_t staged = 0;
  std::size_t total = 0;
  unsigned most = 0;
  std::size_t mapAt[mostPlanes];
  std::size_t blocksAt[mostPlanes];
  std::size_t servesAt[mostPlanes];
  for (int i = 0; i < frame.count; i++) {
    mapAt[i] = staged;
    staged += roundedUp(cells * 9 * sizeof(double));
    blocksAt[i] = staged;
    staged += roundedUp(blocks[i].size() * sizeof(Block));
  }
  total = staged;
  for (int i = 0; i < frame.count; i++) {
    const unsigned flags = static_cast<unsigned>(frame.plane[i].dstHeight) * (frame.plane[i].job.map.cols + 1);
    most = std::max(most, flags);
    servesAt[i] = total;
    total += roundedUp(flags);
  }
  Slot& slot = slots[next];
  next = (next + 1) % slots.size();
  slot.used.wait();  // four frames ago, so as a rule long done
  slot.host.reserve(staged, "a mesh of homographies");
  slot.device.reserve(total, "a mesh of homographies");
  auto* device = slot.device.as<unsigned char>();
  for (int i = 0; i < frame.count; i++) {
    PlaneJob& plane = frame.plane[i];
    std::memcpy(slot.host.as<unsigned char>() + mapAt[i], maps.data() + i * cells * 9, cells * 9 * sizeof(double));
    std::memcpy(slot.host.as<unsigned char>() + blocksAt[i], blocks[i].data(), blocks[i].size() * sizeof(Block));
    plane.job.map.homographies = reinterpret_cast<const double*>(device + mapAt[i]);
    plane.blocks = reinterpret_cast<const Block*>(device + blocksAt[i]);
    plane.chordsServe = device + servesAt[i];
  }
  cudaCheck(cudaMemcpyAsync(device, slot.host.data(), staged, cudaMemcpyHostToDevice, stream), "uploading a mesh of homographies");
  judgeMesh<<<dim3((most + 127) / 128, static_cast<unsigned>(frame.count)), 128, 0, stream>>>(frame);
  cudaCheckLaunch("judging the rows of a mesh");
}

void Warp::State::launch(const FrameJob& frame, int sampleBytes, int kernel, CudaStream stream) const {
  const Variant& variant = chosen();
  bool gentle = true;
  for (int i = 0; i < frame.count; i++) gentle = gentle && frame.plane[i].gentle;
  const int most = variant.blocks ? frame.tiles : (frame.tiles + warpsOfBlock - 1) / warpsOfBlock;
  const int blocks = variant.resident ? std::min(most, resident[gentle][sampleBytes - 1][kernel]) : most;
  variant.kernels[gentle][sampleBytes - 1][kernel]<<<blocks, variant.threads, 0, stream>>>(frame);
  cudaCheckLaunch("warping a frame");
}

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
  frame.table = state_->tileWeights[kernel].as<std::uint32_t>();
  for (int i = 0; i < count; i++) {
    const WarpPlane& p = planes[i];
    PlaneJob& plane = frame.plane[i];
    plane.job = {static_cast<const unsigned char*>(p.src), p.srcStride, p.srcWidth, p.srcHeight, static_cast<unsigned char*>(p.dst),
                 p.dstStride, p.dstWidth, bitDepth, shift, p.fill, static_cast<int>(options.border), 2 + 2 * kernel,
                 state_->cpuWeights[kernel].as<std::int32_t>(), mapFor(field, p.siting, state_->maps.data() + i * cells * 9)};
    plane.dstHeight = p.dstHeight;
    plane.channels = p.channels;
    const int pixelBytes = p.channels * (bitDepth > 8 ? 2 : 1);
    const auto from = reinterpret_cast<std::uintptr_t>(p.src);
    const auto to = reinterpret_cast<std::uintptr_t>(p.dst);
    if (bitDepth > 8 && (from | to | p.srcStride | p.dstStride) % 2 != 0) {
      throw std::invalid_argument("warp expects samples of 16 bits at even addresses");
    }
    plane.aligned = p.srcStride * p.srcHeight < (std::ptrdiff_t{1} << 31) - (std::ptrdiff_t{1} << 20) && p.srcStride % 4 == 0 && (pixelBytes < 4 || from % 4 == 0) && (to | p.dstStride) % pixelBytes == 0;
    if (cells == 1) {
      std::memcpy(plane.homography, plane.job.map.homographies, sizeof plane.homography);
      plane.blockCount = (p.dstWidth + blockSize - 1) / blockSize;
      plane.gentle = gentleEverywhere(plane.homography, p.dstWidth, p.dstHeight, bitDepth);
    } else {
      state_->blocks[i].clear();
      appendBlocks(plane.job.map, p.dstWidth, state_->blocks[i]);
      plane.blockCount = static_cast<int>(state_->blocks[i].size());
    }
    plane.whole = plane.aligned && from % 4 == 0;
    const Variant& variant = chosen();
    const int across = variant.blocks ? (p.channels == 1 ? chordsAcross<1> : chordsAcross<2>) : tileChords;
    plane.tilesAcross = (plane.blockCount + across - 1) / across;
    plane.firstTile = frame.tiles;
    frame.tiles += plane.tilesAcross * ((p.dstHeight + variant.rows - 1) / variant.rows);
  }
  const std::size_t slot = state_->next;
  if (cells > 1) state_->stageMesh(frame, cells, stream);
  state_->launch(frame, bitDepth > 8 ? 2 : 1, kernel, stream);
  if (cells > 1) state_->slots[slot].used.record(stream);
}

}  // namespace gimbal::cuda
