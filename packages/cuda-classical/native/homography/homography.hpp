#pragma once
#include <array>

namespace gimbal {

/// A 3×3 projective map, row-major, acting on column vectors (x, y, 1).
using Mat3 = std::array<double, 9>;

struct Point {
  double x = 0;
  double y = 0;
};

constexpr Mat3 kIdentity = {1, 0, 0, 0, 1, 0, 0, 0, 1};

Point apply(const Mat3& h, double x, double y);
/// a · b: first b, then a.
Mat3 multiply(const Mat3& a, const Mat3& b);
double determinant(const Mat3& h);
/// By the adjugate; the caller knows that the determinant is not zero. Normalized to h[8] = 1.
Mat3 inverse(const Mat3& h);
/// The same map with h[8] = 1.
Mat3 normalized(const Mat3& h);
/// The exact homography through four point pairs (8×8 elimination with pivots). False when they are degenerate.
bool homographyFromFour(const Point* from, const Point* to, Mat3& out);
/// The exact similarity through two point pairs. False when the points coincide.
bool similarityFromTwo(const Point* from, const Point* to, Mat3& out);

/// Solves A x = b in place by Gaussian elimination with partial pivoting; A is n×n row-major. False when singular.
bool solveLinear(double* a, double* b, int n);
/// Inverse of a symmetric positive definite n×n matrix by Cholesky, n <= 8. False when not positive definite.
bool invertSymmetric(const double* a, double* out, int n);

}  // namespace gimbal
