#pragma once
#include <cstdio>
#include <exception>
#include <functional>
#include <string>

namespace gimbal {

/// What a parity test found: counts every check, prints the first failures, and ends the program with the verdict.
class Expect {
 public:
  void that(bool holds, const std::string& what) {
    checks_++;
    if (holds) return;
    if (++failures_ <= 20) std::printf("FAILED: %s\n", what.c_str());
  }

  template <class Error>
  void throws(const std::function<void()>& work, const std::string& what) {
    try {
      work();
    } catch (const Error&) {
      return that(true, what);
    }
    that(false, what + " should have thrown");
  }

  /// The exit status for main. A run without checks has failed.
  int verdict() const {
    std::printf("%ld checks, %ld failed\n", checks_, failures_);
    return checks_ > 0 && failures_ == 0 ? 0 : 1;
  }

 private:
  long checks_ = 0;
  long failures_ = 0;
};

/// Runs a test's body; an exception that escapes is a failure, with its message.
inline int runParity(const std::function<void(Expect&)>& body) {
  Expect expect;
  try {
    body(expect);
  } catch (const std::exception& error) {
    expect.that(false, std::string("unexpected exception: ") + error.what());
  }
  return expect.verdict();
}

}  // namespace gimbal
