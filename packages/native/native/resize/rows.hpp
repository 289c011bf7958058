// The inner loops of resizeArea, compiled once per instruction set (cpu.cpp, cpu.avx2.cpp). Everything here is in an unnamed
// namespace and calls nothing of the standard library: code compiled for AVX2 must never be merged with a baseline twin.
#pragma once
#include "../plane/plane.hpp"

namespace gimbal::resize {

/// Destination rows [from, to). `scratch` holds one source row of 32-bit words.
template <class T>
struct Rows {
  Plane<const T> src;
  Plane<float> dst;
  float unit;  // 1 / 2^(bitDepth - 8 + shift)
  void* scratch;
};

void rowsAvx2(const Rows<std::uint8_t>& job, int from, int to);
void rowsAvx2(const Rows<std::uint16_t>& job, int from, int to);

namespace {

template <class T, class Sum>
void addRows(const T* src, std::ptrdiff_t step, int rows, int width, Sum* __restrict sum) {
  const auto at = [&](int r) { return reinterpret_cast<const T*>(reinterpret_cast<const unsigned char*>(src) + r * step); };
  int r = 0;
  if (rows >= 3) {
    const T *a = at(0), *b = at(1), *c = at(2);
    for (int x = 0; x < width; x++) sum[x] = static_cast<Sum>(a[x] + b[x] + c[x]);
    r = 3;
  } else if (rows == 2) {
    const T *a = at(0), *b = at(1);
    for (int x = 0; x < width; x++) sum[x] = static_cast<Sum>(a[x] + b[x]);
    r = 2;
  } else {
    const T* a = at(0);
    for (int x = 0; x < width; x++) sum[x] = static_cast<Sum>(a[x]);
    r = 1;
  }
  for (; r < rows; r++) {
    const T* a = at(r);
    for (int x = 0; x < width; x++) sum[x] = static_cast<Sum>(sum[x] + a[x]);
  }
}

template <int Factor, class Sum>
void meanColumns(const Sum* sum, int width, float scale, float* __restrict dst) {
  for (int x = 0; x < width; x++) {
    std::int32_t total = 0;
    for (int i = 0; i < Factor; i++) total += static_cast<std::int32_t>(sum[x * Factor + i]);
    dst[x] = static_cast<float>(total) * scale;
  }
}

template <class Sum>
void meanColumns(const Sum* sum, int factor, int width, float scale, float* __restrict dst) {
  switch (factor) {
    case 1: return meanColumns<1>(sum, width, scale, dst);
    case 2: return meanColumns<2>(sum, width, scale, dst);
    case 3: return meanColumns<3>(sum, width, scale, dst);
    case 4: return meanColumns<4>(sum, width, scale, dst);
    case 6: return meanColumns<6>(sum, width, scale, dst);
    case 8: return meanColumns<8>(sum, width, scale, dst);
    default: break;
  }
  for (int x = 0; x < width; x++) {
    std::uint32_t total = 0;
    for (int i = 0; i < factor; i++) total += sum[x * factor + i];
    dst[x] = static_cast<float>(total) * scale;
  }
}

/// Whole ratios: integer sums, one multiplication at the end.
template <class Sum, class T>
void wholeRows(const Rows<T>& job, int from, int to) {
  const int fx = job.src.width / job.dst.width;
  const int fy = job.src.height / job.dst.height;
  const float scale = job.unit / static_cast<float>(fx * fy);
  auto* sum = static_cast<Sum*>(job.scratch);
  for (int y = from; y < to; y++) {
    addRows(job.src.row(y * fy), job.src.stride, fy, job.src.width, sum);
    meanColumns(sum, fx, job.dst.width, scale, job.dst.row(y));
  }
}

/// Walks along an axis, destination sample by destination sample: the source samples that each covers and the weights of the
/// outermost ones, in units of 1/dst of a source sample, so that every weight is a whole number and none needs a division.
struct Span {
  int src;
  int dst;
  int first = 0;
  int last = 0;
  float firstWeight = 0;
  float lastWeight = 0;

  Span(int srcCount, int dstCount) : src(srcCount), dst(dstCount), step_(srcCount / dstCount), over_(srcCount % dstCount) {}

  void next() {
    first = end_;
    firstWeight = static_cast<float>(dst - rest_);
    end_ += step_;
    rest_ += over_;
    if (rest_ >= dst) {
      rest_ -= dst;
      end_++;
    }
    last = rest_ == 0 ? end_ - 1 : end_;
    lastWeight = static_cast<float>(rest_ == 0 ? dst : rest_);
  }

  void skip(int count) {
    const std::int64_t start = static_cast<std::int64_t>(count) * src;
    end_ = static_cast<int>(start / dst);
    rest_ = static_cast<int>(start % dst);
  }

 private:
  int step_;
  int over_;
  int end_ = 0;
  int rest_ = 0;
};

/// Any ratio: weighted rows first (long loops), then weighted columns.
template <class T>
void fractionalRows(const Rows<T>& job, int from, int to) {
  const int width = job.src.width;
  const auto wholeX = static_cast<float>(job.dst.width);
  const auto wholeY = static_cast<float>(job.dst.height);
  const float scale = job.unit / (static_cast<float>(job.src.width) * static_cast<float>(job.src.height));
  auto* __restrict sum = static_cast<float*>(job.scratch);
  Span rows(job.src.height, job.dst.height);
  rows.skip(from);
  for (int y = from; y < to; y++) {
    rows.next();
    const T* top = job.src.row(rows.first);
    for (int x = 0; x < width; x++) sum[x] = rows.firstWeight * static_cast<float>(top[x]);
    for (int r = rows.first + 1; r <= rows.last; r++) {
      const T* line = job.src.row(r);
      const float weight = r == rows.last ? rows.lastWeight : wholeY;
      for (int x = 0; x < width; x++) sum[x] += weight * static_cast<float>(line[x]);
    }
    float* out = job.dst.row(y);
    Span columns(width, job.dst.width);
    for (int x = 0; x < job.dst.width; x++) {
      columns.next();
      float total = columns.firstWeight * sum[columns.first];
      for (int c = columns.first + 1; c < columns.last; c++) total += wholeX * sum[c];
      if (columns.last > columns.first) total += columns.lastWeight * sum[columns.last];
      out[x] = total * scale;
    }
  }
}

template <class T>
void rows(const Rows<T>& job, int from, int to) {
  const bool whole = job.src.width % job.dst.width == 0 && job.src.height % job.dst.height == 0;
  const std::int64_t fx = job.src.width / job.dst.width;
  const std::int64_t fy = job.src.height / job.dst.height;
  if (!whole || fx * fy > 32768) return fractionalRows(job, from, to);
  if (sizeof(T) == 1 && fy <= 257) return wholeRows<std::uint16_t>(job, from, to);
  return wholeRows<std::uint32_t>(job, from, to);
}

}  // namespace
}  // namespace gimbal::resize
