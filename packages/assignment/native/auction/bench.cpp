// `auction_bench [cpu|cuda] [COLUMNS FRAMES ROWS PENALTY]`: cells and tiles as points of 27 whole numbers, 10,000 tiles. COLUMNS and FRAMES
// are files of int16, FRAMES one frame of ROWS points after the other; without them, clusters that drift. On the CPU one thread and its own
// time, on a device the time that passes. `cold` starts anew, `warm` goes on from the frame before.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <measure/random.hpp>

#include "auction.hpp"
#include "cases.hpp"
#ifdef GIMBAL_HAS_CUDA
#include "cuda.hpp"
#endif

using namespace gimbal;
using namespace gimbal::assignment;

namespace {

constexpr int kDimensions = 27;

struct Film {
  std::string name;
  int rows;
  std::int32_t penalty;
  std::vector<std::int16_t> columns, frames;
  int count() const { return static_cast<int>(frames.size() / (static_cast<std::size_t>(rows) * kDimensions)); }
};

Film drifting(int rows, int count) {
  Film film{std::to_string(rows) + " drifting points", rows, 300000, clusteredPoints(10000, kDimensions, 1, 400), {}};
  auto points = clusteredPoints(rows, kDimensions, 2, 400);
  Random random(3);
  for (int frame = 0; frame < count; frame++) {
    film.frames.insert(film.frames.end(), points.begin(), points.end());
    for (auto& x : points) x = static_cast<std::int16_t>(x + static_cast<int>(random.bits() % 33) - 16);
  }
  return film;
}

std::vector<std::int16_t> numbersIn(const char* file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), {});
  const auto* numbers = reinterpret_cast<const std::int16_t*>(bytes.data());
  return {numbers, numbers + bytes.size() / 2};
}

double milliseconds(bool device) {
  if (!device) return static_cast<double>(std::clock()) * 1e3 / CLOCKS_PER_SEC;
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void measure(const Film& film, double gap, bool anew, bool device) {
  const Shape shape{film.rows, static_cast<int>(film.columns.size() / kDimensions), 1};
#ifdef GIMBAL_HAS_CUDA
  const auto auction = device ? createCudaAuction(shape, 0) : createCpuAuction(shape);
#else
  const auto auction = createCpuAuction(shape);
#endif
  std::vector<std::int32_t> answer(film.rows, -1), before, penalties(film.rows, film.penalty);
  std::vector<double> times;
  double worstGap = 0, changed = 0;
  std::int64_t rounds = 0;
  for (int frame = 0; frame < film.count(); frame++) {
    Costs costs;
    costs.rowPoints = film.frames.data() + static_cast<std::size_t>(frame) * film.rows * kDimensions;
    costs.columnPoints = film.columns.data();
    costs.dimensions = kDimensions;
    costs.columnsUnchanged = frame > 0;
    before = answer;
    Effort effort;
    effort.gap = gap;
    effort.restart = anew;
    const double start = milliseconds(device);
    const Outcome outcome = auction->solve(costs, frame == 0 || anew ? Stay{} : Stay{before.data(), penalties.data()}, effort, answer.data());
    const double time = milliseconds(device) - start;
    if (outcome.cost > 0) worstGap = std::max(worstGap, static_cast<double>(outcome.cost - outcome.bound) / static_cast<double>(outcome.cost));
    if (frame == 0) continue;
    times.push_back(time);
    rounds += outcome.rounds;
    for (int i = 0; i < film.rows; i++) changed += before[i] != answer[i];
  }
  std::sort(times.begin(), times.end());
  std::printf("%-28s %s gap %.4f: median %7.2f ms, 99th %7.2f, best %7.2f; rounds %5.0f, changed %5.2f %%, worst gap %.4f %%\n", film.name.c_str(),
              anew ? "cold" : "warm", gap, times[times.size() / 2], times[times.size() * 99 / 100], times[0],
              static_cast<double>(rounds) / static_cast<double>(times.size()), 100 * changed / film.rows / static_cast<double>(times.size()), 100 * worstGap);
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  const bool device = count > 1 && std::string(words[1]) == "cuda";
  std::vector<Film> films;
  if (count > 5) {
    films.push_back({words[3], std::atoi(words[4]), std::atoi(words[5]), numbersIn(words[2]), numbersIn(words[3])});
  } else {
    films.push_back(drifting(2304, 16));
    films.push_back(drifting(8160, 4));
  }
  for (const Film& film : films) {
    for (const double gap : {0.001, 0.0}) {
      measure(film, gap, false, device);
      measure(film, gap, true, device);
    }
  }
}
