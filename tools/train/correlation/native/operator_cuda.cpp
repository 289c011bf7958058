// The operator on the GPU: checks, allocation by PyTorch, one kernel on PyTorch's current stream.
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "kernels.hpp"
#include "operator.hpp"

namespace gimbal::correlation {
namespace {

Type typeOf(at::ScalarType type) {
  switch (type) {
    case at::kDouble:
      return Type::float64;
    case at::kFloat:
      return Type::float32;
    case at::kBFloat16:
      return Type::bfloat16;
    case at::kHalf:
      return Type::float16;
    default:
      TORCH_CHECK(false, "local correlation expects float64, float32, bfloat16 or float16, received ", type);
  }
}

void require(cudaError_t error, const char* operation, const Inputs& in) {
  TORCH_CHECK(error == cudaSuccess, "local correlation ", operation, " failed with ", cudaGetErrorName(error), " (",
              cudaGetErrorString(error), ") for ", in.fa.sizes(), " ", in.fa.scalar_type(), " radius ", in.radius);
}

at::Tensor forwardCuda(const at::Tensor& first, const at::Tensor& second, std::int64_t radius) {
  Inputs in(first, second, radius);
  const c10::cuda::CUDAGuard guard(in.fa.device());
  const auto out = in.correlation();
  in.chooseAccess({in.fa, in.fb, out});
  require(forward(in.problem, typeOf(in.fa.scalar_type()), static_cast<int>(radius), in.fa.const_data_ptr(),
                  in.fb.const_data_ptr(), out.mutable_data_ptr(), c10::cuda::getCurrentCUDAStream()),
          "forward", in);
  return out;
}

std::tuple<at::Tensor, at::Tensor> backwardCuda(const at::Tensor& grad, const at::Tensor& first, const at::Tensor& second,
                                                std::int64_t radius) {
  Inputs in(first, second, radius);
  const c10::cuda::CUDAGuard guard(in.fa.device());
  const auto slopes = in.slopes(grad);
  const at::Tensor outFa = at::empty_like(in.fa), outFb = at::empty_like(in.fb);
  in.chooseAccess({slopes, in.fa, in.fb, outFa, outFb});
  require(backward(in.problem, typeOf(in.fa.scalar_type()), static_cast<int>(radius), slopes.const_data_ptr(),
                   in.fa.const_data_ptr(), in.fb.const_data_ptr(), outFa.mutable_data_ptr(), outFb.mutable_data_ptr(),
                   c10::cuda::getCurrentCUDAStream()),
          "backward", in);
  return {outFa, outFb};
}

}  // namespace
}  // namespace gimbal::correlation

TORCH_LIBRARY_IMPL(gimbal_correlation, CUDA, library) {
  library.impl("forward", gimbal::correlation::forwardCuda);
  library.impl("backward", gimbal::correlation::backwardCuda);
}
