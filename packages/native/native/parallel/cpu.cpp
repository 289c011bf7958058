#include "parallel.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>

namespace gimbal {
namespace {

/// One call of parallelFor. It lives on its caller's stack, so a frame costs no allocation; `next` and `workers` are guarded
/// by the pool's mutex, and the caller leaves only when no worker holds the job any more.
struct Job {
  const std::function<void(int, int)>* body;
  int begin;
  int count;
  int chunks;
  int seats;  // workers that may still join
  int workers = 0;
  std::atomic<int> taken{0};
  std::exception_ptr error{};
  Job* next = nullptr;

  int bound(int chunk) const {
    return begin + static_cast<int>(static_cast<std::int64_t>(count) * chunk / chunks);
  }
  bool exhausted() const { return taken.load(std::memory_order_relaxed) >= chunks; }
};

class Pool {
 public:
  /// Never destroyed: worker threads outlive static destruction, and an addon may be loaded until the process ends.
  static Pool& instance() {
    static Pool* pool = new Pool;
    return *pool;
  }

  void run(Job& job) {
    {
      std::lock_guard lock(mutex_);
      grow(job.seats);
      job.next = first_;
      first_ = &job;
    }
    work_.notify_all();
    drain(job);
    std::unique_lock lock(mutex_);
    Job** link = &first_;
    while (*link != &job) link = &(*link)->next;
    *link = job.next;
    done_.wait(lock, [&] { return job.workers == 0; });
  }

 private:
  void grow(int wanted) {
    const int most = std::max(1, static_cast<int>(std::thread::hardware_concurrency()) * 2);
    for (; threads_ < std::min(wanted, most); threads_++) std::thread([this] { serve(); }).detach();
  }

  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      Job* job = nullptr;
      work_.wait(lock, [&] { return (job = open()) != nullptr; });
      job->seats--;
      job->workers++;
      lock.unlock();
      drain(*job);
      lock.lock();
      if (--job->workers == 0) done_.notify_all();
    }
  }

  Job* open() const {
    for (Job* job = first_; job != nullptr; job = job->next) {
      if (job->seats > 0 && !job->exhausted()) return job;
    }
    return nullptr;
  }

  void drain(Job& job) {
    for (;;) {
      const int chunk = job.taken.fetch_add(1, std::memory_order_relaxed);
      if (chunk >= job.chunks) return;
      try {
        (*job.body)(job.bound(chunk), job.bound(chunk + 1));
      } catch (...) {
        std::lock_guard lock(mutex_);
        if (!job.error) job.error = std::current_exception();
        job.taken.store(job.chunks, std::memory_order_relaxed);
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  Job* first_ = nullptr;
  int threads_ = 0;
};

}  // namespace

void parallelFor(int begin, int end, int grain, int threads, const std::function<void(int, int)>& body) {
  if (begin >= end) return;
  const int count = end - begin;
  // A few chunks per thread, so that one slowed thread does not hold up the rest.
  const int chunks = std::clamp(count / std::max(grain, 1), 1, std::max(threads, 1) * 4);
  if (threads <= 1 || chunks == 1) {
    body(begin, end);
    return;
  }
  Job job{&body, begin, count, chunks, std::min(threads, chunks) - 1};
  Pool::instance().run(job);
  if (job.error) std::rethrow_exception(job.error);
}

}  // namespace gimbal
