#pragma once
#include <memory>

#include "auction.hpp"

namespace gimbal::assignment {

/// The auction on a CUDA device: the same answers as on the CPU. Takes rows x columns x 4 bytes there. @throws CudaError.
std::unique_ptr<Auction> createCudaAuction(Shape shape, int device);

}  // namespace gimbal::assignment
