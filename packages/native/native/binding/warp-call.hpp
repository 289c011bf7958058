#pragma once
#include <vector>

#include "../warp/warp.hpp"
#include "plane.hpp"

namespace gimbal::binding {

/// The arguments that warping a frame has in common on every device.
struct WarpCall {
  struct Warped {
    Bytes src;
    Bytes dst;
    Siting siting;
    int fill;
  };
  std::vector<Warped> planes;
  int bitDepth;
  int shift;
  std::vector<double> homographies;
  WarpField grid;  // its homographies are null: they move with this
  WarpOptions options;

  WarpField field() const {
    WarpField with = grid;
    with.homographies = homographies.data();
    return with;
  }
};

/// What an array of arguments says: sources, targets, sitings: Float64Array of scaleX scaleY offsetX offsetY per plane, fills: number[],
/// bitDepth, shift, homographies: Float64Array, [rows, cols, width, height], interpolation, border, threads.
WarpCall warpCallOf(Napi::Env env, const Napi::Value& request);

}  // namespace gimbal::binding
