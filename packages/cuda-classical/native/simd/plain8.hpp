#pragma once
#include <cmath>

/// Eight floats in plain C++: the portable twin of avx8.hpp. Compilers turn the loops into whatever the target has.
namespace {

struct Float8 {
  float v[8];
};

inline Float8 load8(const float* p) {
  Float8 r;
  for (int i = 0; i < 8; i++) r.v[i] = p[i];
  return r;
}
inline void store8(float* p, Float8 a) {
  for (int i = 0; i < 8; i++) p[i] = a.v[i];
}
inline Float8 set8(float s) {
  Float8 r;
  for (int i = 0; i < 8; i++) r.v[i] = s;
  return r;
}
inline Float8 add8(Float8 a, Float8 b) {
  for (int i = 0; i < 8; i++) a.v[i] += b.v[i];
  return a;
}
inline Float8 sub8(Float8 a, Float8 b) {
  for (int i = 0; i < 8; i++) a.v[i] -= b.v[i];
  return a;
}
inline Float8 mul8(Float8 a, Float8 b) {
  for (int i = 0; i < 8; i++) a.v[i] *= b.v[i];
  return a;
}
/// a·b + c
inline Float8 mulAdd8(Float8 a, Float8 b, Float8 c) {
  for (int i = 0; i < 8; i++) c.v[i] += a.v[i] * b.v[i];
  return c;
}
inline Float8 sqrt8(Float8 a) {
  for (int i = 0; i < 8; i++) a.v[i] = std::sqrt(a.v[i]);
  return a;
}
inline float sum8(Float8 a) {
  return ((a.v[0] + a.v[4]) + (a.v[2] + a.v[6])) + ((a.v[1] + a.v[5]) + (a.v[3] + a.v[7]));
}

}  // namespace
