#pragma once
#include "align.hpp"

namespace gimbal::alignment {

/// From every block of a level the point with the steepest luma, where it is steeper than `least` grey levels per pixel: about
/// `count` points. `scale` is how many pixels of the finest level one of this level is; `width` and `height` are the finest's.
void selectPoints(Plane<const float> plane, int count, double least, double scale, int width, int height,
                  std::vector<float>& scratch, AlignPoints& out);

/// Standard deviation of the noise in a plane of independent samples: the median of J. Immerkaer's Laplacian difference ("Fast
/// Noise Variance Estimation", CVIU 1996), which leaves edges and texture mostly out.
double noiseOf(Plane<const float> plane, std::vector<float>& scratch);

}  // namespace gimbal::alignment
