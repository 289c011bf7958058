// The operator's schema, and its kernels run on the CPU, one thread after the other: slow, and the same arithmetic and indices
// as on the GPU, so that tests reach them where there is none.
#include "operator.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "variants.hpp"

namespace gimbal::correlation {
namespace {

/// Multiprocessors of the imagined device: small, so that tests meet both forms of the forward kernel.
constexpr int kMultiprocessors = 2;

template <typename Tile, typename Storage>
void runForward(const Problem& p, const Storage* fa, const Storage* fb, Storage* out) {
  const auto shared = std::make_unique<typename Tile::Shared>();
  std::vector<typename Tile::Registers> registers(Tile::kThreads);
  for (std::int64_t block = 0; block < Tile::blocks(p); block++) {
    const Tile tile(p, fa, fb, out, block);
    for (auto& r : registers) Tile::clear(r);
    for (int c0 = 0; c0 < p.channels; c0 += Tile::kChannels) {
      const int count = std::min(Tile::kChannels, p.channels - c0);
      for (int t = 0; t < Tile::kThreads; t++) tile.load(*shared, t, c0, count);
      for (int t = 0; t < Tile::kThreads; t++) tile.accumulate(*shared, registers[t], t, count);
    }
    for (int t = 0; t < Tile::kThreads; t++) tile.store(registers[t], t);
  }
}

template <typename Tile, typename Storage>
void runBackward(const Problem& p, const Storage* grad, const Storage* source, Storage* out) {
  const auto shared = std::make_unique<typename Tile::Shared>();
  std::vector<typename Tile::Registers> registers(Tile::kThreads);
  for (std::int64_t block = 0; block < Tile::blocks(p); block++) {
    const Tile tile(p, grad, source, out, block);
    for (auto& r : registers) Tile::clear(r);
    for (int t = 0; t < Tile::kThreads; t++) tile.loadSource(*shared, t);
    for (int ey = 0; ey < Tile::kSide; ey++) {
      for (int t = 0; t < Tile::kThreads; t++) tile.loadSlopes(*shared, t, ey);
      for (int t = 0; t < Tile::kThreads; t++) tile.accumulate(*shared, registers[t], t, ey);
    }
    for (int t = 0; t < Tile::kThreads; t++) tile.store(registers[t], t);
  }
}

template <typename Action>
void withStorage(at::ScalarType type, Action action) {
  switch (type) {
    case at::kDouble:
      return action(double());
    case at::kFloat:
      return action(float());
    case at::kBFloat16:
      return action(at::BFloat16());
    case at::kHalf:
      return action(at::Half());
    default:
      TORCH_CHECK(false, "local correlation expects float64, float32, bfloat16 or float16, received ", type);
  }
}

at::Tensor forwardHost(const at::Tensor& first, const at::Tensor& second, std::int64_t radius) {
  Inputs in(first, second, radius);
  const auto out = in.correlation();
  in.chooseAccess({in.fa, in.fb, out});
  withStorage(in.fa.scalar_type(), [&](auto storage) {
    using Storage = decltype(storage);
    const auto *fa = in.fa.const_data_ptr<Storage>(), *fb = in.fb.const_data_ptr<Storage>();
    auto* to = out.mutable_data_ptr<Storage>();
    withRadius(static_cast<int>(radius), [&](auto r) {
      if (isSmall(in.problem, kMultiprocessors)) {
        runForward<NarrowForward<Storage, decltype(r)::value>>(in.problem, fa, fb, to);
      } else {
        runForward<WideForward<Storage, decltype(r)::value>>(in.problem, fa, fb, to);
      }
    });
  });
  return out;
}

std::tuple<at::Tensor, at::Tensor> backwardHost(const at::Tensor& grad, const at::Tensor& first, const at::Tensor& second,
                                                std::int64_t radius) {
  Inputs in(first, second, radius);
  const auto slopes = in.slopes(grad);
  const at::Tensor outFa = at::empty_like(in.fa), outFb = at::empty_like(in.fb);
  in.chooseAccess({slopes, in.fa, in.fb, outFa, outFb});
  withStorage(in.fa.scalar_type(), [&](auto storage) {
    using Storage = decltype(storage);
    const auto *g = slopes.const_data_ptr<Storage>(), *fa = in.fa.const_data_ptr<Storage>(),
               *fb = in.fb.const_data_ptr<Storage>();
    withRadius(static_cast<int>(radius), [&](auto r) {
      runBackward<Backward<Storage, decltype(r)::value, false>>(in.problem, g, fb, outFa.mutable_data_ptr<Storage>());
      runBackward<Backward<Storage, decltype(r)::value, true>>(in.problem, g, fa, outFb.mutable_data_ptr<Storage>());
    });
  });
  return {outFa, outFb};
}

}  // namespace
}  // namespace gimbal::correlation

TORCH_LIBRARY(gimbal_correlation, library) {
  library.def("forward(Tensor fa, Tensor fb, int radius) -> Tensor");
  library.def("backward(Tensor grad, Tensor fa, Tensor fb, int radius) -> (Tensor, Tensor)");
}

TORCH_LIBRARY_IMPL(gimbal_correlation, CPU, library) {
  library.impl("forward", gimbal::correlation::forwardHost);
  library.impl("backward", gimbal::correlation::backwardHost);
}
