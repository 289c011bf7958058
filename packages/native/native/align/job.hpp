#pragma once
#include <cstddef>

namespace gimbal::alignment {

/// The columns that are summed in pairs: eight parameters, gain, residual, one, common slope.
constexpr int sumColumns = 12;
constexpr int gainColumn = 8;
constexpr int residualColumn = 9;
constexpr int oneColumn = 10;
constexpr int commonColumn = 11;
constexpr int sumCount = sumColumns * (sumColumns + 1) / 2;

/// Where the sum over columns a >= b lies.
constexpr int sumAt(int a, int b) { return a * (a + 1) / 2 + b; }

/// One level of one pair as the inner loops see it; AlignPoints says what the points' numbers are.
struct Job {
  const float* x;
  const float* y;
  const float* value;
  const float* gx;
  const float* gy;
  const float* weight;
  const int* first;  // of each cell, and the end
  const float* plane;
  int stride;  // floats
  int width;
  int height;
  float map[9];    // a point's (x, y) -> samples of the plane
  float perPixel;  // what a pixel of the finest level is in the points' units
  float gain;
  const float* bias;  // grey levels, of each cell
  float noise2;       // grey levels, squared
  float shift2;       // displacement that is tolerated, squared: pixels of the finest level
  float cut;          // 1 / the squared deviation at which a point counts nothing any more; 0 keeps all
  float* residual;    // grey levels
  float* slopeX;      // mean of both pictures' slopes, grey levels per pixel of the finest level
  float* slopeY;
  float* common;     // scalar product of both pictures' slopes
  float* deviation;  // squared, in units of what noise and that displacement explain; -1 outside the picture
  float* sums;       // sumCount of each cell
};

enum class Pass { residuals, sums };

void cellsAvx2(const Job& job, Pass pass, int fromCell, int toCell);
void cellsAvx512(const Job& job, Pass pass, int fromCell, int toCell);

}  // namespace gimbal::alignment
