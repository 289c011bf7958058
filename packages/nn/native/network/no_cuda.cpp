// What the device paths are in a build without CUDA: a network on a device is refused before any of them could be called.
#include <stdexcept>

#include "../add/add.hpp"
#include "../attention/attention.hpp"
#include "../conv/conv.hpp"
#include "../convert/convert.hpp"
#include "../correlate/correlate.hpp"
#include "../corners/corners.hpp"
#include "../gate/gate.hpp"
#include "../pool/pool.hpp"
#include "../shuffle/shuffle.hpp"
#include "../solve/solve.hpp"
#include "../warp/warp.hpp"

namespace gimbal::nn::cuda {
namespace {
[[noreturn]] void absent() { throw std::logic_error("this build has no CUDA path"); }
}  // namespace

bool convFits(const Conv&) { return false; }
int convBlocks(const Conv&, bool) { absent(); }
int gateBlocks(const Shape&) { absent(); }
int solveBlocks(const Shape&) { absent(); }
void conv(const Conv&, bool, CudaStream) { absent(); }
void add(const Add&, CudaStream) { absent(); }
void shuffle(const Shuffle&, CudaStream) { absent(); }
void pool(const Pool&, CudaStream) { absent(); }
void gate(const Gate&, CudaStream) { absent(); }
void warpFeatures(const Warp&, CudaStream) { absent(); }
void convert(const Convert&, CudaStream) { absent(); }
void correlate(const Correlate&, CudaStream) { absent(); }
void attention(const Attention&, CudaStream) { absent(); }
void corners(const Corners&, CudaStream) { absent(); }
void solve(const Solve&, CudaStream) { absent(); }

}  // namespace gimbal::nn::cuda
