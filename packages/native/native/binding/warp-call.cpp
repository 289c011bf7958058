#include "warp-call.hpp"

namespace gimbal::binding {

WarpCall warpCallOf(Napi::Env env, const Napi::Value& request) {
  const auto list = request.As<Napi::Array>();
  const auto at = [&](std::uint32_t i) -> Napi::Value { return list.Get(i); };
  const auto sources = at(0).As<Napi::Array>();
  const auto targets = at(1).As<Napi::Array>();
  auto sitings = at(2).As<Napi::Float64Array>();
  const auto fills = at(3).As<Napi::Array>();
  auto numbers = at(6).As<Napi::Float64Array>();
  const auto grid = at(7).As<Napi::Array>();
  WarpCall call;
  call.bitDepth = whole(at(4));
  call.shift = whole(at(5));
  call.grid = {whole(grid.Get(0u)), whole(grid.Get(1u)), nullptr, whole(grid.Get(2u)), whole(grid.Get(3u))};
  call.options = {static_cast<Interpolation>(whole(at(8))), static_cast<Border>(whole(at(9))), 0, whole(at(10))};
  const std::uint32_t count = sources.Length();
  const bool grids = call.grid.rows >= 1 && call.grid.cols >= 1 &&
                     static_cast<std::size_t>(call.grid.rows) * call.grid.cols * 9 == numbers.ElementLength();
  if (!grids || targets.Length() != count || fills.Length() != count || sitings.ElementLength() != count * 4u) {
    throw Napi::RangeError::New(env, "warping: the lengths of the arguments do not belong together.");
  }
  call.homographies.assign(numbers.Data(), numbers.Data() + numbers.ElementLength());
  call.planes.reserve(count);
  for (std::uint32_t i = 0; i < count; i++) {
    const double* s = sitings.Data() + i * 4;
    call.planes.push_back({planeOf(env, sources.Get(i)), planeOf(env, targets.Get(i)), {s[0], s[1], s[2], s[3]}, whole(fills.Get(i))});
    const auto& [src, dst, siting, fill] = call.planes.back();
    if (src.channels != dst.channels || src.bytesPerSample != dst.bytesPerSample || src.bytesPerSample != (call.bitDepth > 8 ? 2 : 1)) {
      throw Napi::RangeError::New(env, "warping: source and target planes differ in channels or sample size.");
    }
  }
  return call;
}

}  // namespace gimbal::binding
