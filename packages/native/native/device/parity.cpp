// What the foundation promises: reports that hold together, errors that name what failed, memory and streams that work.
#include <cstring>
#include <string>

#include "../measure/paths.hpp"
#include "cuda-error.hpp"
#include "devices.hpp"
#include "refusal.hpp"

#if defined(GIMBAL_HAS_CUDA)
#include "buffer.hpp"
#include "stream.hpp"
#endif

using namespace gimbal;

namespace {

void architectures(Expect& expect) {
  const std::string release = "75-real 80-real 86-real 89-real 90-real 100-real 120";
  for (const auto& [major, minor] : {std::pair{7, 5}, {8, 0}, {8, 6}, {8, 7}, {8, 9}, {9, 0}, {10, 0}, {12, 0}, {12, 1}, {13, 0}}) {
    expect.that(architecturesServe(release, major, minor), "release serves " + std::to_string(major) + "." + std::to_string(minor));
  }
  expect.that(!architecturesServe(release, 7, 0) && !architecturesServe(release, 6, 1), "release does not serve Volta and Pascal");
  expect.that(!architecturesServe(release, 11, 0), "no machine code and no PTX for 11.0");
  expect.that(architecturesServe("75-virtual", 9, 0) && !architecturesServe("75-virtual", 7, 2), "PTX is compiled upwards only");
  expect.that(!architecturesServe("90-real", 8, 9) && !architecturesServe("90-real", 10, 0), "machine code stays within a major");
  expect.that(!architecturesServe("", 9, 0), "nothing serves nothing");
}

void refusals(Expect& expect) {
  using Kind = CudaError::Kind;
  const auto is = [&](const char* name, Kind kind) { expect.that(kindOfCudaError(name) == kind, std::string("the kind of ") + name); };
  for (const char* name : {"cudaErrorInsufficientDriver", "cudaErrorNoDevice", "cudaErrorNoKernelImageForDevice"}) is(name, Kind::unavailable);
  for (const char* name : {"cudaErrorIllegalAddress", "cudaErrorLaunchFailure", "cudaErrorECCUncorrectable"}) is(name, Kind::lost);
  is("cudaErrorMemoryAllocation", Kind::outOfMemory);
  for (const char* name : {"cudaErrorInvalidValue", "cudaErrorUnknown", ""}) is(name, Kind::failed);
  const auto says = [&](const std::string& text, const char* part) {
    expect.that(text.find(part) != std::string::npos, std::string("'") + part + "' in: " + text);
  };
  says(adviceOnCudaError("cudaErrorIllegalAddress"), "start it again");
  says(adviceOnCudaError("cudaErrorMemoryAllocation"), "--device-memory");
  expect.that(adviceOnCudaError("cudaErrorInvalidValue").empty(), "no advice where there is none");
  const auto none = [](const char* name, int driver, const char* visible = nullptr) {
    return whyNoDevice(name, "CUDA's words", driver, 13000, visible);
  };
  says(none("cudaErrorInsufficientDriver", 0), "no NVIDIA driver is installed");
  says(none("cudaErrorInsufficientDriver", 12040), "serves CUDA 12.4, this build needs 13.0");
  expect.that(none("cudaErrorNoDevice", 13000) == "there is no CUDA device", "no device");
  says(none("cudaErrorNoDevice", 13000, "7"), "CUDA_VISIBLE_DEVICES is '7'");
  says(none("cudaErrorSystemDriverMismatch", 13000), "different versions");
  says(none("cudaErrorSystemNotReady", 13000), "fabric manager");
  says(none("cudaErrorOperatingSystem", 13000), "cudaErrorOperatingSystem: CUDA's words");
  expect.that(whyNotOn("75-real 90-real", 9, 0).empty() && whyNotOn("75-virtual", 12, 1).empty(), "nothing against what is served");
  says(whyNotOn("50-virtual", 7, 0), "7.0 is too old: 7.5 (Turing) or newer");
  says(whyNotOn("", 6, 1), "6.1 is too old");
  says(whyNotOn("90-real", 8, 9), "8.9 is not among the architectures of this build (90-real)");
  says(whyOutOfRange(1, 1), "no cuda:1; this machine has 1 CUDA device, cuda:0");
  says(whyOutOfRange(4, 2), "no cuda:4; this machine has 2 CUDA devices, cuda:0 to cuda:1");
}

void reports(Expect& expect) {
  const CudaReport report = cudaReport();
  expect.that(report.built == !report.architectures.empty() && report.built == (report.runtimeVersion > 0), "a build says what it is");
  bool usable = false;
  for (const CudaDevice& device : report.devices) usable = usable || device.unusable.empty();
  expect.that(usable == report.unavailable.empty(), "a reason exactly when there is no usable device");
  try {
    requireCudaDevice(1000);
    expect.that(false, "cuda:1000 should not be there");
  } catch (const CudaError& error) {
    expect.that(error.kind == CudaError::Kind::unavailable && std::strlen(error.what()) > 20, "cuda:1000 is refused with a reason");
  }
  std::printf("CUDA: %s\n", report.unavailable.empty() ? report.devices[0].name.c_str() : report.unavailable.c_str());
}

void onDevice(Expect& expect, int) {
#if defined(GIMBAL_HAS_CUDA)
  Stream stream;
  const DeviceBuffer device(1 << 20, "a test");
  PinnedBuffer out(1 << 20, "a test");
  PinnedBuffer in(1 << 20, "a test");
  for (int i = 0; i < 1 << 20; i++) out.as<unsigned char>()[i] = static_cast<unsigned char>(i * 7 + i / 256);
  std::memset(in.data(), 0, 1 << 20);
  cudaCheck(cudaMemcpyAsync(device.data(), out.data(), 1 << 20, cudaMemcpyHostToDevice, stream.get()), "upload");
  Event uploaded;
  uploaded.record(stream);
  Stream second;
  second.after(uploaded);
  cudaCheck(cudaMemcpyAsync(in.data(), device.data(), 1 << 20, cudaMemcpyDeviceToHost, second.get()), "download");
  Event done;
  done.record(second);
  done.wait();
  expect.that(done.done() && std::memcmp(in.data(), out.data(), 1 << 20) == 0, "what goes up comes down");
  try {
    const DeviceBuffer huge(std::size_t{1} << 50, "a test of shortage");
    expect.that(false, "a petabyte should not fit");
  } catch (const CudaError& error) {
    const std::string what = error.what();
    expect.that(error.kind == CudaError::Kind::outOfMemory && error.name == "cudaErrorMemoryAllocation" &&
                    what.find("a test of shortage") != std::string::npos && what.find("free") != std::string::npos && what.find("--device-memory") != std::string::npos,
                "running out of memory names the sizes: " + what);
  }
  cudaCheckLaunch("after a failure that was reported");
#else
  static_cast<void>(expect);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  const auto onHost = [](Expect& expect) {
    architectures(expect);
    refusals(expect);
    reports(expect);
  };
  return runPaths(argc, argv, onHost, onDevice);
}
