#pragma once
#include <cstddef>

#include "job.hpp"
#include "warp.hpp"

namespace gimbal::warping {

/// @throws std::invalid_argument for what warp.hpp does not allow.
void checkWarp(int srcWidth, int srcHeight, int dstWidth, int dstHeight, int channels, const WarpField& field);
/// Samples of more than 8 bits. @throws std::invalid_argument.
void checkDepth(int bitDepth, int shift);

/// Numbers that mapFor writes.
inline std::size_t mapSize(const WarpField& field) { return static_cast<std::size_t>(field.rows) * field.cols * 9; }

/// Carries the field from luma pixels over to the samples of a plane: S^-1 H S for every cell, into `storage`.
Map mapFor(const WarpField& field, const Siting& siting, double* storage);

}  // namespace gimbal::warping
