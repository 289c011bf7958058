#pragma once
#include <vector>

#include "task.hpp"

namespace gimbal::binding {

inline const char* modelName(Model model) {
  static const char* names[] = {"identity", "translation", "similarity", "homography"};
  return names[static_cast<int>(model)];
}

inline const char* verdictName(Verdict verdict) {
  static const char* names[] = {"ok", "weak", "cut", "duplicate"};
  return names[static_cast<int>(verdict)];
}

class EstimateTask : public Task {
 public:
  using Task::Task;
  std::vector<PairRequest> requests;
  Napi::ObjectReference pixels;  // keeps the samples from being collected
  bool wantTracks = false;

 protected:
  void work() override { answers_ = answerPairs(*pool, requests, wantTracks); }

  Napi::Value answer() override {
    Napi::Array list = Napi::Array::New(Env(), answers_.size());
    for (std::size_t i = 0; i < answers_.size(); i++) list[static_cast<std::uint32_t>(i)] = objectOf(answers_[i], requests[i]);
    return list;
  }

 private:
  Napi::Object objectOf(const PairAnswer& given, const PairRequest& request) {
    const Napi::Env env = Env();
    const Estimate& result = given.estimate;
    Napi::Object out = Napi::Object::New(env);
    Napi::Float64Array h = Napi::Float64Array::New(env, 9);
    for (int i = 0; i < 9; i++) h[i] = result.h[i];
    out["homography"] = h;
    out["model"] = modelName(result.model);
    out["verdict"] = verdictName(result.verdict);
    out["confidence"] = result.confidence;
    out["tracked"] = result.tracked;
    out["inliers"] = result.inliers;
    out["coverage"] = result.coverage;
    out["cornerSigma"] = result.cornerSigma;
    out["residual"] = result.scale;
    if (wantTracks) out["tracks"] = tracksOf(given, request.lumas[0].luma);
    return out;
  }

  /// Five numbers a corner: x, y, u, v in source pixels, and 1 inlier, 0 outlier, −1 lost.
  Napi::Float32Array tracksOf(const PairAnswer& given, const Luma& source) {
    const float sx = float(source.width) / given.analysis.width, sy = float(source.height) / given.analysis.height;
    Napi::Float32Array out = Napi::Float32Array::New(Env(), given.tracks.size() * 5);
    for (std::size_t i = 0; i < given.tracks.size(); i++) {
      const Track& t = given.tracks[i];
      float* o = out.Data() + 5 * i;
      o[0] = (t.x + 0.5f) * sx - 0.5f;
      o[1] = (t.y + 0.5f) * sy - 0.5f;
      o[2] = t.ok ? (t.u + 0.5f) * sx - 0.5f : o[0];
      o[3] = t.ok ? (t.v + 0.5f) * sy - 0.5f : o[1];
      o[4] = !t.ok ? -1.0f : given.inlier[i] ? 1.0f : 0.0f;
    }
    return out;
  }

  std::vector<PairAnswer> answers_;
};

}  // namespace gimbal::binding
