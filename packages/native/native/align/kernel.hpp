// The two inner loops of align, compiled once per instruction set after the matching lanes (cpu.cpp, cpu.avx2.cpp,
// cpu.avx512.cpp). Sixteen accumulators whatever the width of a register, so every path adds in the same order.
#pragma once
#include "job.hpp"

namespace gimbal::alignment {
namespace {

/// Keys' cubic kernel (a = -1/2) at distance f from the second of four samples, and its slope there.
template <class L>
struct Cubic {
  typename L::V w[4];
  typename L::V d[4];

  explicit Cubic(typename L::V f) {
    const auto half = L::set(0.5f);
    const auto f2 = L::mul(f, f);
    const auto f3 = L::mul(f2, f);
    w[0] = L::mul(half, L::sub(L::sub(L::mul(L::set(2), f2), f3), f));
    w[1] = L::mul(half, L::add(L::sub(L::mul(L::set(3), f3), L::mul(L::set(5), f2)), L::set(2)));
    w[2] = L::mul(half, L::add(L::sub(L::mul(L::set(4), f2), L::mul(L::set(3), f3)), f));
    w[3] = L::mul(half, L::sub(f3, f2));
    d[0] = L::sub(L::sub(L::mul(L::set(2), f), L::mul(L::set(1.5f), f2)), half);
    d[1] = L::sub(L::mul(L::set(4.5f), f2), L::mul(L::set(5), f));
    d[2] = L::add(L::sub(L::mul(L::set(4), f), L::mul(L::set(4.5f), f2)), half);
    d[3] = L::sub(L::mul(L::set(1.5f), f2), f);
  }
};

/// Residual, slope and squared deviation of the points [from, to) of one cell; to - from is a multiple of 16.
template <class L>
void cellResiduals(const Job& job, int from, int to, float bias) {
  using V = typename L::V;
  const V right = L::set(static_cast<float>(job.width) - 2.001f);
  const V bottom = L::set(static_cast<float>(job.height) - 2.001f);
  const V one = L::set(1);
  const V outside = L::set(-1);
  for (int i = from; i < to; i += 16) {
    const V x = L::load(job.x + i);
    const V y = L::load(job.y + i);
    const float* m = job.map;
    const V inverse = L::div(one, L::add(L::add(L::mul(L::set(m[6]), x), L::mul(L::set(m[7]), y)), L::set(m[8])));
    const V u = L::mul(L::add(L::add(L::mul(L::set(m[0]), x), L::mul(L::set(m[1]), y)), L::set(m[2])), inverse);
    const V v = L::mul(L::add(L::add(L::mul(L::set(m[3]), x), L::mul(L::set(m[4]), y)), L::set(m[5])), inverse);
    const V cu = L::least(L::most(u, one), right);
    const V cv = L::least(L::most(v, one), bottom);
    const auto column = L::truncate(cu);
    const auto row = L::truncate(cv);
    const Cubic<L> across(L::sub(cu, L::toFloat(column)));
    const Cubic<L> down(L::sub(cv, L::toFloat(row)));
    const auto at = L::index(column, row, job.stride);
    V sample = L::set(0), alongU = L::set(0), alongV = L::set(0);
    for (int r = 0; r < 4; r++) {
      const float* line = job.plane + (r - 1) * static_cast<std::ptrdiff_t>(job.stride);
      const V p[4] = {L::gather(line - 1, at), L::gather(line, at), L::gather(line + 1, at), L::gather(line + 2, at)};
      const V value = L::add(L::add(L::mul(across.w[0], p[0]), L::mul(across.w[1], p[1])),
                             L::add(L::mul(across.w[2], p[2]), L::mul(across.w[3], p[3])));
      const V slope = L::add(L::add(L::mul(across.d[0], p[0]), L::mul(across.d[1], p[1])),
                             L::add(L::mul(across.d[2], p[2]), L::mul(across.d[3], p[3])));
      sample = L::add(sample, L::mul(down.w[r], value));
      alongU = L::add(alongU, L::mul(down.w[r], slope));
      alongV = L::add(alongV, L::mul(down.d[r], value));
    }
    const V gain = L::set(job.gain);
    const V residual = L::sub(sample, L::add(L::mul(gain, L::load(job.value + i)), L::set(bias)));
    L::store(residual, job.residual + i);
    // The slope of the current picture as the previous frame's coordinates see it, then the mean of both pictures' slopes.
    const V unit = L::mul(inverse, L::set(job.perPixel));
    const V ux = L::sub(L::set(m[0]), L::mul(u, L::set(m[6]))), vx = L::sub(L::set(m[3]), L::mul(v, L::set(m[6])));
    const V uy = L::sub(L::set(m[1]), L::mul(u, L::set(m[7]))), vy = L::sub(L::set(m[4]), L::mul(v, L::set(m[7])));
    const V cx = L::mul(unit, L::add(L::mul(alongU, ux), L::mul(alongV, vx)));
    const V cy = L::mul(unit, L::add(L::mul(alongU, uy), L::mul(alongV, vy)));
    const V px = L::mul(gain, L::load(job.gx + i));
    const V py = L::mul(gain, L::load(job.gy + i));
    const V half = L::set(0.5f);
    const V gx = L::mul(half, L::add(px, cx));
    const V gy = L::mul(half, L::add(py, cy));
    L::store(gx, job.slopeX + i);
    L::store(gy, job.slopeY + i);
    const V common = L::add(L::mul(px, cx), L::mul(py, cy));
    L::store(common, job.common + i);
    const V steep = L::add(L::mul(gx, gx), L::mul(gy, gy));
    const V variance = L::add(L::set(job.noise2), L::mul(L::set(job.shift2), steep));
    V deviation = L::div(L::mul(residual, residual), variance);
    deviation = L::where(u, one, deviation, outside);
    deviation = L::where(v, one, deviation, outside);
    deviation = L::where(right, u, deviation, outside);
    deviation = L::where(bottom, v, deviation, outside);
    deviation = L::where(L::load(job.weight + i), L::set(1e-6f), deviation, outside);
    L::store(deviation, job.deviation + i);
  }
}

template <class L>
struct Columns {
  static constexpr int chunk = 64;
  float plain[sumColumns][chunk];
  float weighed[sumColumns][chunk];

  void fill(const Job& job, int i, int k) {
    using V = typename L::V;
    const V x = L::load(job.x + i), y = L::load(job.y + i);
    const V gx = L::load(job.slopeX + i), gy = L::load(job.slopeY + i);
    const V radial = L::add(L::mul(x, gx), L::mul(y, gy));
    const V zero = L::set(0);
    const V deviation = L::load(job.deviation + i);
    const V t = L::most(L::sub(L::set(1), L::mul(deviation, L::set(job.cut))), zero);
    const V variance = L::add(L::set(job.noise2), L::mul(L::set(job.shift2), L::add(L::mul(gx, gx), L::mul(gy, gy))));
    const V trust = L::div(L::mul(L::load(job.weight + i), L::mul(t, t)), variance);
    const V w = L::where(deviation, zero, trust, zero);
    const V column[sumColumns] = {gx,
                                  gy,
                                  L::sub(L::mul(x, gy), L::mul(y, gx)),
                                  radial,
                                  L::sub(L::mul(x, gx), L::mul(y, gy)),
                                  L::add(L::mul(y, gx), L::mul(x, gy)),
                                  L::mul(x, radial),
                                  L::mul(y, radial),
                                  L::mul(L::sub(L::load(job.value + i), L::set(128)), L::set(1.0f / 64)),
                                  L::load(job.residual + i),
                                  L::set(1),
                                  L::load(job.common + i)};
    for (int c = 0; c < sumColumns; c++) {
      L::store(column[c], plain[c] + k);
      L::store(L::mul(w, column[c]), weighed[c] + k);
    }
  }
};

/// Sums over w a b of all pairs of columns of the points [from, to) of one cell, one after another as sumAt counts them.
template <class L>
void cellSums(const Job& job, int from, int to, float* out) {
  using V = typename L::V;
  alignas(64) float lanes[sumCount * 16];
  for (int i = 0; i < sumCount * 16; i++) lanes[i] = 0;
  alignas(64) Columns<L> columns;
  for (int start = from; start < to; start += Columns<L>::chunk) {
    const int count = to - start < Columns<L>::chunk ? to - start : Columns<L>::chunk;
    for (int k = 0; k < count; k += 16) columns.fill(job, start + k, k);
    float* lane = lanes;
    for (int a = 0; a < sumColumns; a++) {
      for (int b = 0; b <= a; b++, lane += 16) {
        V sum = L::load(lane);
        for (int k = 0; k < count; k += 16) {
          sum = L::add(sum, L::mul(L::load(columns.weighed[a] + k), L::load(columns.plain[b] + k)));
        }
        L::store(sum, lane);
      }
    }
  }
  for (int s = 0; s < sumCount; s++) {
    float* lane = lanes + s * 16;
    for (int half = 8; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    }
    out[s] = lane[0];
  }
}

template <class L>
void cells(const Job& job, Pass pass, int fromCell, int toCell) {
  for (int cell = fromCell; cell < toCell; cell++) {
    const int from = job.first[cell];
    const int to = job.first[cell + 1];
    if (pass == Pass::residuals) {
      cellResiduals<L>(job, from, to, job.bias[cell]);
    } else {
      cellSums<L>(job, from, to, job.sums + cell * sumCount);
    }
  }
}

}  // namespace
}  // namespace gimbal::alignment
