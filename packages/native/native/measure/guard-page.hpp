#pragma once
#include <cstddef>
#include <stdexcept>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace gimbal {

/// `size` bytes whose first or last one touches a page that may not be read: one step outside ends the program. Where pages cannot
/// be protected it is plain memory.
class GuardPage {
 public:
  GuardPage(std::size_t size, bool atEnd) {
#if defined(__unix__) || defined(__APPLE__)
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t inner = (size + page - 1) / page * page;
    mapped_ = inner + 2 * page;
    start_ = static_cast<unsigned char*>(mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (start_ == MAP_FAILED || mprotect(start_ + page, inner, PROT_READ | PROT_WRITE) != 0) throw std::runtime_error("mmap failed");
    data_ = start_ + page + (atEnd ? inner - size : 0);
#else
    static_cast<void>(atEnd);
    plain_.resize(size);
    data_ = plain_.data();
#endif
  }
  GuardPage(const GuardPage&) = delete;
  ~GuardPage() {
#if defined(__unix__) || defined(__APPLE__)
    munmap(start_, mapped_);
#endif
  }

  unsigned char* data() const { return data_; }

 private:
  unsigned char* data_ = nullptr;
#if defined(__unix__) || defined(__APPLE__)
  unsigned char* start_ = nullptr;
  std::size_t mapped_ = 0;
#else
  std::vector<unsigned char> plain_;
#endif
};

}  // namespace gimbal
