// The oracle is the CPU path, which has oracles of its own: every sample of every level, the strength of every pixel and every corner
// are the same bits; mean and deviation, whose sums run in another order, agree to 1e-9.
#include <cmath>
#include <cstring>
#include <device/buffer.hpp>
#include <device/stream.hpp>
#include <measure/expect.hpp>
#include <measure/random.hpp>
#include <resize/resize.hpp>
#include <string>
#include <vector>

#include "../padded-pyramid/cuda.hpp"
#include "../scharr/scharr.hpp"
#include "../synthetic/device.hpp"
#include "cuda.hpp"

using namespace gimbal;

namespace {

enum class Content { noise, texture, flat, saturated, steps, gradient };
constexpr const char* kNames[] = {"noise", "texture", "flat", "saturated", "steps", "gradient"};

/// A luma plane with rows longer than the picture; what follows a row is noise.
struct Picture {
  int width, height, bitDepth, shift;
  std::size_t stride;
  std::vector<unsigned char> bytes;

  Picture(Random& random, int width, int height, Content content, int bitDepth, int shift, int padding)
      : width(width), height(height), bitDepth(bitDepth), shift(shift) {
    const int size = bitDepth > 8 ? 2 : 1;
    stride = static_cast<std::size_t>(width + padding) * size;
    bytes.resize(stride * height);
    for (unsigned char& b : bytes) b = static_cast<unsigned char>(random.bits());
    const int most = (1 << bitDepth) - 1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double v = 0;
        switch (content) {
          case Content::noise: v = random.real(0, 1); break;
          case Content::texture: v = 0.5 + 0.25 * std::sin(x * 0.37) * std::cos(y * 0.23) + 0.2 * std::sin((x + 2 * y) * 0.11) + random.real(-0.02, 0.02); break;
          case Content::flat: v = 0.5; break;
          case Content::saturated: v = random.real(0, 1) > 0.5 ? 1 : 0; break;
          case Content::steps: v = (x / 9 + y / 9) % 2; break;
          case Content::gradient: v = double(x + y) / (width + height); break;
        }
        const int value = static_cast<int>(std::fmin(1, std::fmax(0, v)) * most + 0.5);
        if (size == 1) {
          bytes[y * stride + x] = static_cast<unsigned char>(value);
        } else {
          const std::uint16_t word = static_cast<std::uint16_t>(value << shift);
          std::memcpy(&bytes[y * stride + 2 * x], &word, 2);
        }
      }
    }
  }

  Luma luma() const { return {bytes.data(), width, height, static_cast<std::ptrdiff_t>(stride), bitDepth, shift}; }
};

struct Compared {
  PreparedFrame frame;
  std::vector<float> strength;
};

Compared onCpu(const Picture& picture, int longSide, int corners) {
  Compared c;
  PrepareScratch scratch;
  prepareFrame(picture.luma(), longSide, corners, 1, scratch, c.frame);
  c.strength.assign(scratch.strength.begin(), scratch.strength.begin() + c.frame.pyramid.level(0).width * c.frame.pyramid.level(0).height);
  return c;
}

void compare(Expect& expect, const std::string& name, const Compared& cpu, const FrameLayout& layout, const PrepareLayout& scratchLayout,
             const std::vector<unsigned char>& frame, const std::vector<unsigned char>& scratch) {
  expect.that(cpu.frame.pyramid.levels() == layout.levels, name + ": levels");
  const auto* samples = reinterpret_cast<const float*>(frame.data());
  for (int l = 0; l < layout.levels; l++) {
    const Plane<const float> p = cpu.frame.pyramid.level(l);
    const LevelLayout& q = layout.level[l];
    long wrong = p.width != q.width || p.height != q.height;
    for (int y = -kPadding; wrong == 0 && y < q.height + kPadding; y++) {
      wrong += std::memcmp(p.row(y) - kPadding, samples + q.first + y * q.pitch - kPadding, sizeof(float) * (q.width + 2 * kPadding)) != 0;
    }
    expect.that(wrong == 0, name + ": level " + std::to_string(l) + " differs");
  }
  const auto* strength = reinterpret_cast<const float*>(scratch.data() + scratchLayout.strength);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < cpu.strength.size(); i++) wrong += !(strength[i] == cpu.strength[i]);
  expect.that(wrong == 0, name + ": the strength of " + std::to_string(wrong) + " pixels differs");
  int count = 0;
  std::memcpy(&count, frame.data() + layout.cornerCount, sizeof count);
  const auto* corners = reinterpret_cast<const Corner*>(frame.data() + layout.corners);
  bool same = count == static_cast<int>(cpu.frame.corners.size());
  for (int i = 0; same && i < count; i++) {
    const Corner &a = corners[i], &b = cpu.frame.corners[i];
    same = a.x == b.x && a.y == b.y && a.strength == b.strength;
  }
  expect.that(same, name + ": corners differ (" + std::to_string(count) + " against " + std::to_string(cpu.frame.corners.size()) + ")");
  double statistics[2];
  std::memcpy(statistics, frame.data() + layout.statistics, sizeof statistics);
  expect.that(std::fabs(statistics[0] - cpu.frame.mean) < 1e-9 && std::fabs(statistics[1] - cpu.frame.deviation) < 1e-6, name + ": mean and deviation");
}

/// `count` frames of one size in one launch sequence.
void compareBatch(Expect& expect, Random& random, int width, int height, int longSide, int corners, Content content, int bitDepth, int shift,
                  int padding, int count) {
  const FrameLayout layout = frameLayout(width, height, longSide, corners);
  const PrepareLayout scratchLayout = prepareLayout(layout);
  std::vector<Picture> pictures;
  std::vector<DeviceBuffer> buffers;
  std::vector<FrameAddresses> places;
  std::vector<Luma> lumas;
  Stream stream;
  for (int i = 0; i < count; i++) {
    pictures.emplace_back(random, width, height, content, bitDepth, shift, padding);
    const Picture& p = pictures.back();
    for (const std::size_t bytes : {p.bytes.size(), layout.bytes, scratchLayout.bytes, scratchLayout.resized}) {
      buffers.emplace_back(bytes, "a parity test");
      cudaCheck(cudaMemset(buffers.back().data(), 0xff, bytes), "poisoning");
    }
    const DeviceBuffer* mine = &buffers[4 * i];
    cudaCheck(cudaMemcpy(mine[0].data(), p.bytes.data(), p.bytes.size(), cudaMemcpyHostToDevice), "upload");
    lumas.push_back(p.luma());
    lumas.back().data = mine[0].data();
    places.push_back({mine[1].as<unsigned char>(), mine[2].as<unsigned char>(), mine[3].as<float>()});
  }
  const DeviceBuffer placesThere(places.size() * sizeof(FrameAddresses), "a parity test");
  cudaCheck(cudaMemcpy(placesThere.data(), places.data(), placesThere.bytes(), cudaMemcpyHostToDevice), "upload");
  const PrepareBatch batch{count, placesThere.as<FrameAddresses>()};
  // A copy from pageable memory may return before it has arrived, and `stream` does not wait for the default stream.
  cudaCheck(cudaDeviceSynchronize(), "upload");
  for (int i = 0; i < count; i++) resizeLuma(lumas[i], layout, places[i].resized, stream);
  const int early = random.whole(1, kMaxLevels);
  buildPyramids(batch, layout, early, stream);
  finishPyramids(batch, layout, early, stream);
  findCorners(batch, layout, scratchLayout, {}, stream);
  stream.synchronize();
  for (int i = 0; i < count; i++) {
    std::vector<unsigned char> frame(layout.bytes), scratch(scratchLayout.bytes);
    cudaCheck(cudaMemcpy(frame.data(), places[i].frame, frame.size(), cudaMemcpyDeviceToHost), "download");
    cudaCheck(cudaMemcpy(scratch.data(), places[i].scratch, scratch.size(), cudaMemcpyDeviceToHost), "download");
    const std::string name = std::to_string(width) + "x" + std::to_string(height) + " at " + std::to_string(longSide) + ", " + kNames[static_cast<int>(content)] +
                             ", " + std::to_string(bitDepth) + " bit, " + std::to_string(corners) + " corners";
    compare(expect, name, onCpu(pictures[i], longSide, corners), layout, scratchLayout, frame, scratch);
  }
}

}  // namespace

int main(int argc, char**) {
  if (!synthetic::deviceThere()) return synthetic::kSkipped;
  const bool small = argc > 1;  // any argument: a few cases only, for slow checkers
  return runParity([small](Expect& expect) {
    Random random(77);
    for (const Content content : {Content::noise, Content::texture, Content::flat, Content::saturated, Content::steps, Content::gradient}) {
      compareBatch(expect, random, 160, 90, 640, 200, content, 8, 0, 5, small ? 1 : 3);
      if (small) continue;
      compareBatch(expect, random, 640, 360, 640, 400, content, 8, 0, 0, 1);
      compareBatch(expect, random, 1283, 721, 640, 1000, content, 8, 0, 13, 1);
      compareBatch(expect, random, 1920, 1080, 640, 1000, content, 10, 6, 0, 1);
      compareBatch(expect, random, 333, 777, 320, 16, content, 10, 0, 3, 2);
      compareBatch(expect, random, 640, 30, 640, 16, content, 8, 0, 0, 1);
    }
    const int tiny[][2] = {{1, 1}, {2, 1}, {1, 7}, {3, 3}, {6, 9}, {7, 7}, {8, 40}, {17, 17}, {31, 18}, {33, 64}};
    for (const auto& [w, h] : tiny) compareBatch(expect, random, w, h, 640, 50, Content::noise, 8, 0, 3, 1);
    if (small) return;
    compareBatch(expect, random, 3840, 2160, 2048, 4000, Content::texture, 8, 0, 0, 1);
    compareBatch(expect, random, 1920, 1080, 640, 1000, Content::noise, 8, 0, 128, PrepareBatch::kMost);
    for (int i = 0; i < 25; i++) {
      const int w = random.whole(20, 900), h = random.whole(20, 600);
      compareBatch(expect, random, w, h, random.whole(32, 700), random.whole(16, 1200), static_cast<Content>(random.whole(0, 1)), 8, 0,
                   random.whole(0, 40), 1);
    }
  });
}
