#include "answer-pairs.hpp"

#include <stdexcept>

namespace gimbal {
namespace {

AnalysisSize analysisOf(const Pool& pool, const PairRequest& request) {
  const Luma& luma = request.lumas[0].luma;
  return analysisSize(luma.width, luma.height, pool.settings.analysisSize);
}

PairAnswer answerOnCpu(Pool& pool, const PairRequest& request, bool wantTracks) {
  const Workspace::Loan workspace(pool);
  for (int k = 0; k < 2; k++) {
    if (request.lumas[k].onDevice) throw std::invalid_argument("this estimator computes on the CPU and reads frames in host memory only");
    prepare(*request.frames[k], request.lumas[k].luma, pool.settings, *workspace);
  }
  EstimateOptions options;
  options.seed = pool.settings.seed;
  options.threads = pool.settings.threads;
  if (pool.settings.continuity) {
    const std::lock_guard lock(request.frames[0]->mutex);
    options.trust = request.frames[0]->trust;
  }
  const Mat3* guess = request.guess ? &*request.guess : nullptr;
  PairAnswer answer;
  answer.estimate = estimatePair(request.frames[0]->prepared, request.frames[1]->prepared, guess, options, workspace->estimate);
  {
    const std::lock_guard lock(request.frames[1]->mutex);
    request.frames[1]->trust = answer.estimate.trust;
  }
  if (wantTracks) {
    answer.tracks = workspace->estimate.tracks;
    answer.inlier = workspace->estimate.inlier;
    answer.analysis = analysisOf(pool, request);
  }
  return answer;
}

#if defined(GIMBAL_HAS_CUDA)
std::vector<PairAnswer> answerOnDevice(Pool& pool, const std::vector<PairRequest>& requests, bool wantTracks) {
  std::vector<DevicePair> pairs;
  for (const PairRequest& r : requests) {
    pairs.push_back({&r.frames[0]->onDevice, r.lumas[0], &r.frames[1]->onDevice, r.lumas[1], r.guess ? &*r.guess : nullptr});
  }
  std::vector<PairAnswer> answers(requests.size());
  DeviceEstimator& device = pool.device();
  for (std::size_t i = 0; i < requests.size(); i++) {
    SharedFrame& frame = *requests[i].frames[0];
    if (!frame.trustWaits) continue;
    // Preparing a frame forgets its trust. A first answer, which is discarded, has it prepared.
    device.estimate(&pairs[i], 1);
    device.setTrust(frame.onDevice, frame.trust);
    frame.trustWaits = false;
  }
  if (!wantTracks) {
    const std::vector<Estimate> estimates = device.estimate(pairs.data(), static_cast<int>(pairs.size()));
    for (std::size_t i = 0; i < answers.size(); i++) answers[i].estimate = estimates[i];
    return answers;
  }
  for (std::size_t i = 0; i < answers.size(); i++) {
    answers[i].estimate = device.trace(pairs[i], answers[i].tracks, answers[i].inlier);
    answers[i].analysis = analysisOf(pool, requests[i]);
  }
  return answers;
}
#endif

}  // namespace

std::vector<PairAnswer> answerPairs(Pool& pool, const std::vector<PairRequest>& requests, bool wantTracks) {
#if defined(GIMBAL_HAS_CUDA)
  if (pool.settings.device >= 0) return answerOnDevice(pool, requests, wantTracks);
#endif
  std::vector<PairAnswer> answers;
  for (const PairRequest& request : requests) answers.push_back(answerOnCpu(pool, request, wantTracks));
  return answers;
}

CellTrust trustOf([[maybe_unused]] Pool& pool, SharedFrame& frame) {
#if defined(GIMBAL_HAS_CUDA)
  if (pool.settings.device >= 0 && frame.onDevice.ready) return pool.device().trust(frame.onDevice);
#endif
  const std::lock_guard lock(frame.mutex);
  return frame.trust;
}

void carryTrust([[maybe_unused]] Pool& pool, SharedFrame& frame, const CellTrust& trust) {
  const std::lock_guard lock(frame.mutex);
  frame.trust = trust;
#if defined(GIMBAL_HAS_CUDA)
  frame.trustWaits = pool.settings.device >= 0;
#endif
}

void warmUp([[maybe_unused]] Pool& pool) {
#if defined(GIMBAL_HAS_CUDA)
  if (pool.settings.device >= 0) pool.device();
#endif
}

}  // namespace gimbal
