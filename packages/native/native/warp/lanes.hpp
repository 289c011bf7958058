// The arithmetic of the warp, for any number of pixels at once: `L` supplies the vector (lanes.scalar.hpp, lanes.avx2.hpp,
// lanes.avx512.hpp), so all instruction sets run these very lines and give the same bits.
//
// A lane is one output pixel of 32 bits. Horizontally adjacent samples arrive as pairs of 16 bits, so that one multiply-add takes
// two taps. Columns first: sum of sample * 14-bit weight, centred on zero by a constant, rounded to a 16-bit intermediate
// (intermediateBits); rows of these go into a second multiply-add.
#pragma once
#include "job.hpp"

namespace gimbal::warping {
namespace {

/// Where the sixteen pixels of a block read: the whole-pixel bounding box of their coordinates.
struct Box {
  int left;
  int right;
  int top;
  int bottom;
};

/// Coordinates on a chord: first + delta * lane / 16, rounded, in 1/65536 px.
struct Chord {
  std::int32_t x, dx, y, dy;

  static std::int32_t at(std::int32_t first, std::int32_t delta, int lane) { return first + ((delta * lane + 8) >> 4); }
  template <class L>
  typename L::V xs(int lane0) const {
    return L::add(L::set(x), L::template sra<4>(L::add(L::mul(L::set(dx), L::iota(lane0)), L::set(8))));
  }
  template <class L>
  typename L::V ys(int lane0) const {
    return L::add(L::set(y), L::template sra<4>(L::add(L::mul(L::set(dy), L::iota(lane0)), L::set(8))));
  }
};

/// Coordinates each computed by itself.
struct Listed {
  const std::int32_t* x;
  const std::int32_t* y;

  template <class L>
  typename L::V xs(int lane0) const {
    return L::load(x + lane0);
  }
  template <class L>
  typename L::V ys(int lane0) const {
    return L::load(y + lane0);
  }
};

template <class L, int N>
inline void laneWeights(const Job& job, typename L::V coordinate, typename L::V* pairs) {
  const auto fraction = L::bitAnd(coordinate, L::set(0xffff));
  if constexpr (N == 2) {
    const auto second = L::template srl<2>(fraction);
    // 16384 - w in the low half, w in the high half.
    pairs[0] = L::add(L::sub(L::template sll<16>(second), second), L::set(16384));
  } else {
    const auto phase = L::template srl<16 - phaseBits>(L::add(fraction, L::set(1 << (15 - phaseBits))));
    const auto entry = L::mul(phase, L::set(N / 2 * 4));
    for (int k = 0; k < N / 2; k++) pairs[k] = L::gather(reinterpret_cast<const unsigned char*>(job.weights + k), entry);
  }
}

/// Pairs of samples fetched word by word. `base` is the first tap of a pixel at (box.left, box.top).
template <class L, class S, int P, int N>
struct GatherFetch {
  using V = typename L::V;
  /// Samples beyond the last tap that a word may touch.
  static constexpr int slack = sizeof(S) == 1 && P == 1 && N == 2 ? 2 : 0;
  const unsigned char* base;
  std::ptrdiff_t stride;
  V offset;

  GatherFetch(const Job& job, const Box& box, V x, V y)
      : base(job.src + (box.top - (N / 2 - 1)) * job.srcStride + (box.left - (N / 2 - 1)) * static_cast<std::ptrdiff_t>(P * sizeof(S))),
        stride(job.srcStride),
        offset(L::add(L::mul(L::sub(L::template sra<16>(y), L::set(box.top)), L::set(static_cast<std::int32_t>(job.srcStride))),
                      L::mul(L::sub(L::template sra<16>(x), L::set(box.left)), L::set(P * static_cast<int>(sizeof(S)))))) {}

  V pair(int row, int k, int channel) const {
    const unsigned char* at = base + row * stride + 2 * k * P * sizeof(S);
    if constexpr (sizeof(S) == 1 && P == 1) {
      if (N > 2 && k == N / 2 - 1) return L::bytes23(L::gather(at - 2, offset));
      return L::bytes01(L::gather(at, offset));
    } else if constexpr (sizeof(S) == 1) {
      const V word = L::gather(at, offset);
      return channel == 0 ? L::bytes02(word) : L::bytes13(word);
    } else if constexpr (P == 1) {
      return L::gather(at, offset);
    } else {
      const V first = L::gather(at, offset);
      const V second = L::gather(at + 4, offset);
      return channel == 0 ? L::lowHalves(first, second) : L::highHalves(first, second);
    }
  }
};

/// `L::lanes` output pixels into `out`.
template <class L, class S, int P, int N, class Fetch>
GIMBAL_INLINE void laneKernel(const Job& job, typename L::V x, typename L::V y, const Fetch& fetch, S* out) {
  using V = typename L::V;
  const int bits = sizeof(S) == 1 ? 8 : job.bits;
  const int columnDown = bits + 14 - intermediateBits(N);
  const int down = 14 + intermediateBits(N) - bits;
  const std::int32_t centre = 1 << (bits - 1);
  // 16-bit samples do not fit a signed word: there the centre is taken off by flipping the top bit instead.
  const bool flips = sizeof(S) == 2 && bits == 16;
  const V columnStart = L::set((1 << (columnDown - 1)) - (flips ? 0 : centre << 14));
  const V rowStart = L::set((1 << (down - 1)) + (centre << down));
  V wx[N / 2];
  V wy[N / 2];
  laneWeights<L, N>(job, x, wx);
  laneWeights<L, N>(job, y, wy);
  V result[P];
  for (int channel = 0; channel < P; channel++) {
    V total = rowStart;
    for (int m = 0; m < N / 2; m++) {
      V upper = columnStart;
      V lower = columnStart;
      for (int k = 0; k < N / 2; k++) {
        V a = fetch.pair(2 * m, k, channel);
        V b = fetch.pair(2 * m + 1, k, channel);
        if constexpr (sizeof(S) == 2) {
          const V flip = L::set(flips ? static_cast<std::int32_t>(0x80008000u) : 0);
          a = L::bitXor(L::srl16(a, job.shift), flip);
          b = L::bitXor(L::srl16(b, job.shift), flip);
        }
        upper = L::add(upper, L::madd(a, wx[k]));
        lower = L::add(lower, L::madd(b, wx[k]));
      }
      total = L::add(total, L::madd(L::halves(upper, lower, columnDown), wy[m]));
    }
    V value = L::sraBy(total, down);
    if constexpr (N > 2) value = L::least(L::most(value, L::set(0)), L::set((1 << bits) - 1));
    if constexpr (sizeof(S) == 2) value = L::sllBy(value, job.shift);
    result[channel] = value;
  }
  if constexpr (P == 1) {
    L::store(result[0], out);
  } else if constexpr (sizeof(S) == 1) {
    L::store(L::bitOr(result[0], L::template sll<8>(result[1])), reinterpret_cast<std::uint16_t*>(out));
  } else {
    L::store(L::bitOr(result[0], L::template sll<16>(result[1])), reinterpret_cast<std::int32_t*>(out));
  }
}

}  // namespace
}  // namespace gimbal::warping
