#pragma once
#include <array>
#include <vector>

#include "../plane/plane.hpp"

namespace gimbal {

constexpr int alignLevels = 3;
constexpr int alignCellColumns = 8;
constexpr int alignCellRows = 6;
constexpr int alignCells = alignCellColumns * alignCellRows;

struct AlignSettings {
  int analysisSize = 640;  // longer side of the finest level, 32 to 4096; a frame is never enlarged
  int points = 12000;      // of the finest level, about; the next two have a half and a quarter of them. 500 to 50000
  double reach = 0.012;    // root mean square that the points may go from where the start puts them, as a share of the longer side
  int threads = 1;
};

/// A luma plane as the decoder gave it: 8-bit samples, or 16-bit words with `bitDepth` significant bits shifted up by `shift`.
struct AlignLuma {
  const void* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;  // bytes
  int bitDepth = 8;
  int shift = 0;
};

/// The points of one level, cell by cell, each cell padded to whole lanes with points of weight zero.
struct AlignPoints {
  std::vector<float> x, y;    // from the middle of the picture, in half diagonals
  std::vector<float> value;   // grey levels
  std::vector<float> gx, gy;  // grey levels per pixel
  std::vector<float> weight;  // 1, or 0 for padding
  std::array<int, alignCells + 1> first{};
};

struct AlignLevel {
  std::vector<float> samples;
  Plane<float> plane;
  AlignPoints points;
};

/// What is kept of one frame: a pyramid of three levels at most and the points of each with the steepest luma, one from every
/// block, so that they are spread over the picture. Luma in 0..255. Made by `prepareAlign`; reused without allocation for frames
/// of the same size.
struct AlignFrame {
  int sourceWidth = 0;
  int sourceHeight = 0;
  int levels = 0;
  std::array<AlignLevel, alignLevels> level;
  /// Standard deviation of the sensor noise that is left in the finest level, in grey levels.
  double noise = 0;
  bool ready = false;
};

/// Buffers of one call at a time, kept from call to call.
struct AlignScratch {
  std::vector<float> sharp, points;  // of a preparation: the unblurred picture, and what choosing points needs
  struct Level {
    std::vector<float> weight, residual, deviation, slopeX, slopeY, common, sums;
  };
  std::array<Level, alignLevels> level;
};

/// @throws std::invalid_argument for a plane of less than 1x1 or a bit depth outside 8 to 16.
void prepareAlign(const AlignLuma& luma, const AlignSettings& settings, AlignScratch& scratch, AlignFrame& out);

/// How much each part of the previous frame is to be heeded: a `size x size` grid of cells over the picture, row by row, 0 to 1.
struct AlignWeights {
  const float* values = nullptr;
  int size = 0;
};

/// How much each cell of a frame moved with the camera in the pairs before: 0 to 1, row by row. Who follows one plane of a deep
/// scene goes on following it.
using AlignTrust = std::array<float, alignCells>;

constexpr AlignTrust unknownAlignTrust() {
  AlignTrust trust{};
  for (float& t : trust) t = 1;
  return trust;
}

struct AlignResult {
  /// Previous -> current, in pixels of the source, pixel centres on integers, h[8] = 1. The very start when not converged.
  std::array<double, 9> h{};
  bool converged = false;
  /// Share of the points (by their given weights) whose luma, light compensated, is where noise and a fifth of a pixel put it.
  double inlierShare = 0;
  /// Robust standard deviation (1.4826 x median of the absolute value) of the points' luma differences, in grey levels.
  double residual = 0;
  /// Expected error at the frame's corners in pixels of the source, root mean square over the corners and both axes; infinite when
  /// not converged.
  double cornerSigma = 0;
  /// Of the current frame's cells, for the next pair; what was given when not converged.
  AlignTrust trust = unknownAlignTrust();
};

/// Refines a homography until the luma of the previous frame's points meets that of the current frame.
///
/// Gauss-Newton on the eight parameters of a homography and one gain for the picture, coarse to fine, the map composed with the
/// inverse of each step (Baker and Matthews, "Lucas-Kanade 20 Years On", IJCV 2004) and slopes averaged over both pictures
/// (Benhimane and Malis, "Real-time image-based tracking of planes using efficient second-order minimization", IROS 2004), with
/// Tukey's biweight on residuals measured in what noise and a fifth of a pixel explain. Every cell of an 8x6 grid has an offset of
/// its own, eliminated exactly, so that a shadow or a vignette hardly pulls. The finest two levels are solved together in the end.
/// Then the way back, from the current frame's points, and the mean of both: points are where one frame is steepest, its noise
/// included.
/// The error at the corners comes from the scatter of the cells' own opinions (the sandwich of White, Econometrica 1980, with cells
/// as clusters); it is too low where two motions fit alike.
///
/// The start is given back unchanged and `converged` is false when it is not finite, mirrors or folds the picture, when there is
/// too little to see, when the points would go farther than `reach` or a corner four times as far, when the slopes of both pictures
/// have nothing in common (a cut), or when the points fit no better than before. Points of cells that did not move with the camera
/// in the pairs before as most cells did count less; a pair by itself has unknownAlignTrust(). The same input gives the same bits on every instruction set and with any number of
/// threads.
/// @throws std::invalid_argument when a frame is not ready, the sizes differ, or a weight or a trust is not within 0..1.
AlignResult align(const AlignFrame& previous, const AlignFrame& current, const std::array<double, 9>& start,
                  const AlignWeights* weights, const AlignTrust& trust, const AlignSettings& settings, AlignScratch& scratch);

}  // namespace gimbal
