#pragma once
#include <cstddef>

#include "../padded-pyramid/padded-pyramid.hpp"

namespace gimbal {

/// One level of a padded pyramid on the device; numbers of floats.
struct LevelLayout {
  int first = 0;  ///< from the start of the frame's memory to sample (0, 0)
  int width = 0, height = 0;
  int pitch = 0;
};

/// Where things lie in the device memory of one prepared frame: pyramid, then corners and the few numbers about the frame.
struct FrameLayout {
  LevelLayout level[kMaxLevels];
  int levels = 0;
  int sourceWidth = 0, sourceHeight = 0;
  int cornerCapacity = 0;
  std::size_t corners = 0;     ///< Corner[cornerCapacity], from here on offsets in bytes
  std::size_t cornerCount = 0; ///< int
  std::size_t statistics = 0;  ///< double mean, deviation
  std::size_t trust = 0;       ///< CellTrust
  std::size_t bytes = 0;
};

/// Where things lie in the memory that preparing one frame needs for a while.
struct PrepareLayout {
  std::size_t products = 0; ///< three float planes of the analysis size: products of the gradients, then their sums over seven rows
  std::size_t strength = 0; ///< a fourth
  std::size_t tiles = 0;    ///< int per tile: its rank in the order by cell, or −1
  std::size_t found = 0;    ///< Candidate per tile, in no particular order
  std::size_t sorted = 0;   ///< Candidate per tile, by cell and strength
  std::size_t neighbours = 0;  ///< eight int per tile
  std::size_t strongest = 0;   ///< int per tile: who has this rank in the order by strength
  std::size_t state = 0;    ///< byte per tile
  std::size_t counts = 0;   ///< int found, kept; float best
  std::size_t bytes = 0;
  std::size_t resized = 0;  ///< bytes of the luma in the analysis size, which lies apart: it is read before the rest is needed
  int tileCols = 0, tileRows = 0;
};

/// For frames of this size, analysed at `longSide`, with this many corners.
FrameLayout frameLayout(int sourceWidth, int sourceHeight, int longSide, int corners);
PrepareLayout prepareLayout(const FrameLayout& frame);

}  // namespace gimbal
