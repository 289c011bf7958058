#include "device-estimator.hpp"

#include <algorithm>
#include <cstring>
#include <device/devices.hpp>
#include <stdexcept>

#include "../lucas-kanade/cuda.hpp"
#include "../prepare/cuda.hpp"
#include "../registration/cuda.hpp"

namespace gimbal {
namespace {

/// Most throws that a search makes: four a sample, 400 samples.
constexpr int kThrows = 1600;

int checked(int device) {
  requireCudaDevice(device);
  return device;
}

/// The random numbers of the CPU path (ransac/cpu.cpp), drawn ahead of time.
std::vector<std::uint32_t> throwsOf(std::uint32_t seed) {
  std::vector<std::uint32_t> list(kThrows);
  std::uint32_t state = seed * 2654435761u + 0x9e3779b9u;
  if (state == 0) state = 1;
  for (std::uint32_t& value : list) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    value = state;
  }
  return list;
}

/// Whether a pair's answer matters to a later pair of the list.
bool linked(const DevicePair* pairs, int count) {
  for (int i = 0; i < count; i++) {
    for (int j = i + 1; j < count; j++) {
      if (pairs[j].previous == pairs[i].current || pairs[j].current == pairs[i].current || pairs[j].current == pairs[i].previous) return true;
    }
  }
  return false;
}

}  // namespace

DeviceEstimator::DeviceEstimator(const Settings& settings, int device, Launching launching)
    : settings_(settings), device_(checked(device)), launching_(launching), making_(std::in_place, device) {
  const std::vector<std::uint32_t> list = throwsOf(settings.seed);
  dice_ = DeviceBuffer(list.size() * sizeof(std::uint32_t), "the randomNumbers of the random samples");
  cudaCheck(cudaMemcpyAsync(dice_.data(), list.data(), dice_.bytes(), cudaMemcpyHostToDevice, stream_), "classical: uploading the randomNumbers");
  if (!settings.mask.empty()) {
    mask_ = DeviceBuffer(settings.mask.size(), "the mask");
    cudaCheck(cudaMemcpyAsync(mask_.data(), settings.mask.data(), mask_.bytes(), cudaMemcpyHostToDevice, stream_), "classical: uploading the mask");
  }
  stream_.synchronize();
  framePlaces_ = DeviceBuffer(LaunchArguments::kFrames * sizeof(FrameAddresses), "where frames lie");
  pairPlaces_ = DeviceBuffer(PairBatch::kMost * sizeof(PairAddresses), "where pairs lie");
  deviceAnswers_ = DeviceBuffer(PairBatch::kMost * sizeof(DeviceAnswer), "answers");
  deviceQuestions_ = DeviceBuffer(PairBatch::kMost * sizeof(PairQuestion), "guesses");
  answers_ = PinnedBuffer(PairBatch::kMost * sizeof(DeviceAnswer), "answers");
  questions_ = PinnedBuffer(PairBatch::kMost * sizeof(PairQuestion), "guesses");
  making_.reset();
}

DeviceEstimator::~DeviceEstimator() = default;

const DeviceEstimator::Size& DeviceEstimator::sizeOf(int width, int height) {
  if (width < 1 || height < 1) throw std::invalid_argument("DeviceEstimator: a frame has at least 1x1 pixels");
  const auto found = sizes_.find({width, height});
  if (found != sizes_.end()) return found->second;
  if (sizes_.size() > 16) sizes_.clear();
  const FrameLayout frame = frameLayout(width, height, settings_.analysisSize, settings_.corners);
  const CornerMask mask{mask_.as<std::uint8_t>(), settings_.maskWidth, settings_.maskHeight};
  return sizes_.emplace(std::pair(width, height), Size{frame, prepareLayout(frame), pairLayout(frame), mask}).first->second;
}

Luma DeviceEstimator::upload(const LumaSource& source, Staging& staging) {
  Luma luma = source.luma;
  if (source.onDevice) {
    if (source.ready != nullptr) {
      arrived_.record(source.ready);
      stream_.after(arrived_);
    }
    return luma;
  }
  const std::size_t row = static_cast<std::size_t>(luma.width) * (luma.bitDepth > 8 ? 2 : 1), bytes = row * luma.height;
  staging.read.wait();
  staging.host.reserve(bytes, "luma on its way to the device");
  staging.device.reserve(bytes, "luma on its way to the device");
  for (int y = 0; y < luma.height; y++) {
    std::memcpy(staging.host.as<unsigned char>() + y * row, static_cast<const unsigned char*>(luma.data) + y * luma.stride, row);
  }
  cudaCheck(cudaMemcpyAsync(staging.device.data(), staging.host.data(), bytes, cudaMemcpyHostToDevice, stream_), "classical: uploading luma");
  luma.data = staging.device.data();
  luma.stride = static_cast<std::ptrdiff_t>(row);
  return luma;
}

void DeviceEstimator::reserve(DeviceBuffer& buffer, std::size_t bytes, const char* purpose) {
  if (bytes <= buffer.bytes()) return;
  stream_.synchronize();
  graphs_.clear();  // they know where the memory was
  buffer.reserve(bytes, purpose);
}

FirstPassPlan DeviceEstimator::gather(const Size& size, const DevicePair* pairs, int count) {
  FirstPassPlan plan;
  plan.width = size.frame.sourceWidth;
  plan.height = size.frame.sourceHeight;
  plan.pairs = count;
  plan.chained = settings_.continuity && linked(pairs, count);
  const auto add = [&](DeviceFrame& frame, const LumaSource& luma) {
    if (frame.ready) return false;
    frame.layout = size.frame;
    frame.memory.reserve(size.frame.bytes, "a prepared frame");
    frame.ready = true;
    fresh_[plan.frames++] = {&frame, &luma};
    return true;
  };
  bool needed = false;
  for (int i = 0; i < count; i++) {
    needed = add(*pairs[i].previous, pairs[i].previousLuma) || i > 0 || needed;
    add(*pairs[i].current, pairs[i].currentLuma);
    plan.complete[std::max(plan.groups(), 1) - 1] = i + 1;
  }
  plan.cornersFirst = needed && plan.frames > 0;
  // Room for as many frames as a chain of so many pairs may need.
  const int frames = std::max(plan.frames, count + 1);
  reserve(scratch_, size.prepare.bytes * std::min(frames, PrepareBatch::kMost), "preparing frames");
  reserve(resized_, size.prepare.resized * frames, "resized frames");
  reserve(pairs_, size.pair.bytes * count, "pairs of frames");
  return plan;
}

void DeviceEstimator::place(const Size& size, const DevicePair* pairs, int count, int frames) {
  LaunchArguments placement;
  placement.frames = frames;
  placement.pairs = count;
  placement.scratch = scratch_.as<unsigned char>();
  placement.resized = resized_.as<unsigned char>();
  placement.pair = pairs_.as<unsigned char>();
  placement.scratchBytes = size.prepare.bytes;
  placement.resizedBytes = size.prepare.resized;
  placement.pairBytes = size.pair.bytes;
  for (int i = 0; i < frames; i++) placement.frame[i] = fresh_[i].frame->memory.as<unsigned char>();
  auto* questions = questions_.as<PairQuestion>();
  for (int i = 0; i < count; i++) {
    placement.previous[i] = pairs[i].previous->memory.as<unsigned char>();
    placement.current[i] = pairs[i].current->memory.as<unsigned char>();
    if (pairs[i].guess == nullptr) continue;
    const LevelLayout& level = size.frame.level[0];
    const double sx = double(level.width) / size.frame.sourceWidth, sy = double(level.height) / size.frame.sourceHeight;
    const Mat3 down = {sx, 0, (sx - 1) / 2, 0, sy, (sy - 1) / 2, 0, 0, 1};
    const Mat3 scaled = normalized(multiply(down, multiply(*pairs[i].guess, inverse(down))));
    if (!plausible(scaled, level.width, level.height)) continue;
    std::copy(scaled.begin(), scaled.end(), questions[i].guess);
    placement.guessed |= 1u << i;
  }
  if (placement.guessed != 0) {
    cudaCheck(cudaMemcpyAsync(deviceQuestions_.data(), questions, count * sizeof(PairQuestion), cudaMemcpyHostToDevice, stream_),
              "classical: uploading guesses");
  }
  beginPairs(placement, size.pair, deviceQuestions_.as<PairQuestion>(), framePlaces_.as<FrameAddresses>(), pairPlaces_.as<PairAddresses>(), stream_);
}

void DeviceEstimator::resize(const Size& size, int frames) {
  for (int i = 0; i < frames; i++) {
    Staging& staging = staging_[i % PrepareBatch::kMost];
    float* resized = reinterpret_cast<float*>(resized_.as<unsigned char>() + size.prepare.resized * i);
    resizeLuma(upload(*fresh_[i].luma, staging), size.frame, resized, stream_);
    if (!fresh_[i].luma->onDevice) staging.read.record(stream_);
  }
}

void DeviceEstimator::answer(const Size& size, Estimate* out) {
  const auto* answers = answers_.as<DeviceAnswer>();
  auto* onDevice = deviceAnswers_.as<DeviceAnswer>();
  const auto* randomNumbers = dice_.as<unsigned>();
  const int count = batch_.count;
  TrackOptions tracking;
  tracking.levels = selection_.trackLevels;
  for (;;) {
    done_.record(stream_);
    done_.wait();
    const int first = static_cast<int>(std::find_if(answers, answers + count, [](const DeviceAnswer& a) { return a.pending; }) - answers);
    if (first == count) break;
    // A second pass: all that are uncertain, or in a chain the one that holds up the rest.
    guessFromThumbnails(batch_, size.frame, size.pair, stream_);
    if (size.pair.coarse > 0) {
      followCorners(batch_, size.frame, size.pair, tracking, true, stream_);
      selectModels(batch_, size.frame, size.pair, Pass::coarse, selection_, randomNumbers, first, onDevice, stream_);
    }
    followCorners(batch_, size.frame, size.pair, tracking, true, stream_);
    selectModels(batch_, size.frame, size.pair, Pass::last, selection_, randomNumbers, first, onDevice, stream_);
    if (selection_.chained && first + 1 < count) {
      selectModels(batch_, size.frame, size.pair, Pass::first, selection_, randomNumbers, first + 1, onDevice, stream_);
    }
    cudaCheck(cudaMemcpyAsync(answers_.data(), onDevice, count * sizeof(DeviceAnswer), cudaMemcpyDeviceToHost, stream_),
              "classical: reading answers");
  }
  for (int i = 0; i < count; i++) {
    const DeviceAnswer& a = answers[i];
    Estimate& e = out[i];
    std::copy(a.h, a.h + 9, e.h.begin());
    e.model = static_cast<Model>(a.model);
    e.verdict = static_cast<Verdict>(a.verdict);
    e.confidence = a.confidence;
    e.tracked = a.tracked;
    e.inliers = a.inliers;
    e.coverage = a.coverage;
    e.cornerSigma = a.cornerSigma;
    e.scale = a.scale;
  }
}

void DeviceEstimator::enqueue(const DevicePair* pairs, int count) {
  const OnDevice on(device_);
  const Size& size = sizeOf(pairs[0].previousLuma.luma.width, pairs[0].previousLuma.luma.height);
  const FirstPassPlan plan = gather(size, pairs, count);
  place(size, pairs, count, plan.frames);
  resize(size, plan.frames);
  batch_ = {count, pairPlaces_.as<PairAddresses>()};
  selection_.trackLevels = trackLevels(size.frame);
  selection_.continuity = settings_.continuity;
  selection_.chained = plan.chained;
  const FirstPassMemory memory{framePlaces_.as<FrameAddresses>(), pairPlaces_.as<PairAddresses>(), dice_.as<unsigned>(), deviceAnswers_.as<DeviceAnswer>(),
                          answers_.as<DeviceAnswer>()};
  const auto launches = [&] { launchFirstPass(plan, size, memory, selection_, side_, stream_); };
  const bool graph = launching_ == Launching::graph || (launching_ == Launching::measured && graphPays(plan));
  if (graph) graphs_.launch(plan, stream_, launches);
  else launches();
}

std::vector<Estimate> DeviceEstimator::estimate(const DevicePair* pairs, int count) {
  const std::lock_guard lock(mutex_);
  return estimateAlone(pairs, count);
}

std::vector<Estimate> DeviceEstimator::estimateAlone(const DevicePair* pairs, int count) {
  const auto sizeAt = [&](int i) { return std::pair(pairs[i].previousLuma.luma.width, pairs[i].previousLuma.luma.height); };
  for (int i = 0; i < count; i++) {
    if (sizeAt(i) != std::pair(pairs[i].currentLuma.luma.width, pairs[i].currentLuma.luma.height)) {
      throw std::invalid_argument("DeviceEstimator: both frames of a pair must be of the same size");
    }
  }
  const OnDevice on(device_);
  std::vector<Estimate> out(count);
  for (int from = 0; from < count;) {
    int to = from + 1;
    while (to < count && to - from < PairBatch::kMost && sizeAt(to) == sizeAt(from)) to++;
    try {
      enqueue(pairs + from, to - from);
      answer(sizeOf(sizeAt(from).first, sizeAt(from).second), out.data() + from);
    } catch (...) {
      for (int i = from; i < to; i++) pairs[i].previous->ready = pairs[i].current->ready = false;
      throw;
    }
    from = to;
  }
  return out;
}

Estimate DeviceEstimator::trace(const DevicePair& pair, std::vector<Track>& tracks, std::vector<std::uint8_t>& inlier) {
  const std::lock_guard lock(mutex_);
  const Estimate estimate = estimateAlone(&pair, 1)[0];
  const OnDevice on(device_);
  const Size& size = sizeOf(pair.previousLuma.luma.width, pair.previousLuma.luma.height);
  const auto copy = [&](void* to, const void* from, std::size_t bytes) {
    cudaCheck(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "classical: reading tracks");
    stream_.synchronize();
  };
  int count = 0;
  PairState state;
  const auto* memory = pairs_.as<unsigned char>();
  copy(&count, pair.previous->memory.as<unsigned char>() + size.frame.cornerCount, sizeof count);
  copy(&state, memory + size.pair.state, sizeof state);
  tracks.resize(count);
  inlier.resize(count);
  if (count == 0) return estimate;
  copy(tracks.data(), memory + size.pair.tracks[state.accepted], count * sizeof(Track));
  copy(inlier.data(), memory + size.pair.inlier, count);
  return estimate;
}

CellTrust DeviceEstimator::trust(const DeviceFrame& frame) {
  const std::lock_guard lock(mutex_);
  const OnDevice on(device_);
  CellTrust trust;
  const auto* from = frame.memory.as<unsigned char>() + frame.layout.trust;
  cudaCheck(cudaMemcpyAsync(trust.data(), from, sizeof trust, cudaMemcpyDeviceToHost, stream_), "classical: reading trust");
  stream_.synchronize();
  return trust;
}

void DeviceEstimator::setTrust(DeviceFrame& frame, const CellTrust& trust) {
  const std::lock_guard lock(mutex_);
  const OnDevice on(device_);
  auto* to = frame.memory.as<unsigned char>() + frame.layout.trust;
  cudaCheck(cudaMemcpyAsync(to, trust.data(), sizeof trust, cudaMemcpyHostToDevice, stream_), "classical: uploading trust");
  stream_.synchronize();
}

}  // namespace gimbal
