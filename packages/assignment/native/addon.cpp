// The JavaScript face of the auction. Arguments are checked by the TypeScript beside it; what is checked again here is whatever could
// read or write outside a buffer.
#include <napi.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <binding/addon-info.hpp>
#include <binding/task.hpp>

#include "auction/auction.hpp"
#ifdef GIMBAL_HAS_CUDA
#include "auction/cuda.hpp"
#endif

namespace {

using namespace gimbal;
using namespace gimbal::assignment;

/// What a solver and its work in flight share.
struct Shared {
  Shape shape;
  int ordinal = -1;  // the CUDA device; below 0 the CPU
  std::unique_ptr<Auction> auction;  // on a device made by the first solve: waking it takes longer than the event loop may stop
  std::vector<std::int16_t> columnPoints;
  int dimensions = 0;
  bool met = false;  // whether the auction knows the columns' points
  std::atomic<bool> cancel{false};
};

struct Answer {
  Outcome outcome;
  std::vector<std::int32_t> columns;
  std::vector<double> prices;
};

class Solver : public Napi::ObjectWrap<Solver> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Solver", {InstanceMethod<&Solver::solve>("solve"), InstanceMethod<&Solver::cancel>("cancel")});
  }

  /// new Solver(rows, columns, capacity, columnPoints: Int16Array | null, dimensions, ordinal)
  explicit Solver(const Napi::CallbackInfo& info) : ObjectWrap(info), shared_(std::make_shared<Shared>()) {
    const auto whole = [&](int k) { return info[k].As<Napi::Number>().Int32Value(); };
    shared_->shape = {whole(0), whole(1), whole(2)};
    if (info[3].IsTypedArray()) {
      const auto points = info[3].As<Napi::Int16Array>();
      shared_->dimensions = whole(4);
      if (points.ElementLength() != static_cast<std::size_t>(shared_->shape.columns) * shared_->dimensions) {
        throw Napi::RangeError::New(info.Env(), "the columns' points do not fit their number");
      }
      shared_->columnPoints.assign(points.Data(), points.Data() + points.ElementLength());
    }
    try {
      checkShape(shared_->shape);
      shared_->ordinal = whole(5);
      if (shared_->ordinal < 0) shared_->auction = createCpuAuction(shared_->shape);
    } catch (const std::exception& error) {
      throw Napi::RangeError::New(info.Env(), error.what());
    }
  }

 private:
  void cancel(const Napi::CallbackInfo&) { shared_->cancel = true; }

  /// solve(costs: Int32Array | Int16Array, stayColumns: Int32Array | null, stayPenalties, gap, restart, mostRounds, threads, wantPrices)
  Napi::Value solve(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const Shape shape = shared_->shape;
    const auto given = info[0].As<Napi::TypedArray>();
    Costs costs;
    if (given.TypedArrayType() == napi_int32_array) {
      const auto matrix = info[0].As<Napi::Int32Array>();
      if (matrix.ElementLength() != static_cast<std::size_t>(shape.rows) * shape.columns) throw Napi::RangeError::New(env, "the matrix does not fit the shape");
      costs.matrix = matrix.Data();
    } else {
      const auto points = info[0].As<Napi::Int16Array>();
      if (shared_->dimensions == 0 || points.ElementLength() != static_cast<std::size_t>(shape.rows) * shared_->dimensions) {
        throw Napi::RangeError::New(env, "the rows' points do not fit the shape");
      }
      costs.rowPoints = points.Data();
      costs.columnPoints = shared_->columnPoints.data();
      costs.dimensions = shared_->dimensions;
    }
    Stay stay;
    if (info[1].IsTypedArray()) {
      const auto columns = info[1].As<Napi::Int32Array>();
      const auto penalties = info[2].As<Napi::Int32Array>();
      const auto rows = static_cast<std::size_t>(shape.rows);
      if (columns.ElementLength() != rows || penalties.ElementLength() != rows) throw Napi::RangeError::New(env, "a stay has a number for every row");
      for (std::size_t i = 0; i < rows; i++) {
        if (columns[i] >= shape.columns || penalties[i] < 0) throw Napi::RangeError::New(env, "a stay names a column that is not there, or a penalty below 0");
      }
      stay = {columns.Data(), penalties.Data()};
    }
    Effort effort;
    effort.gap = info[3].As<Napi::Number>().DoubleValue();
    effort.restart = info[4].ToBoolean();
    effort.mostRounds = info[5].As<Napi::Number>().Int64Value();
    effort.threads = info[6].As<Napi::Number>().Int32Value();
    const bool wantPrices = info[7].ToBoolean();
    shared_->cancel = false;
    auto answer = std::make_shared<Answer>();
    return binding::Task::start(
        info,
        [shared = shared_, costs, stay, effort, answer, wantPrices]() mutable {
          effort.cancel = &shared->cancel;
#ifdef GIMBAL_HAS_CUDA
          if (!shared->auction) shared->auction = createCudaAuction(shared->shape, shared->ordinal);
#endif
          if (!shared->auction) throw std::runtime_error("this build has no CUDA path");
          costs.columnsUnchanged = shared->met;
          answer->columns.resize(shared->shape.rows);
          try {
            answer->outcome = shared->auction->solve(costs, stay, effort, answer->columns.data());
          } catch (const Cancelled&) {
            throw std::runtime_error("cancelled");
          }
          if (costs.matrix == nullptr) shared->met = true;
          if (wantPrices) {
            answer->prices.resize(shared->shape.columns);
            shared->auction->prices(answer->prices.data());
          }
        },
        [answer](Napi::Env env) -> Napi::Value {
          const Outcome& outcome = answer->outcome;
          auto columns = Napi::Int32Array::New(env, answer->columns.size());
          std::copy(answer->columns.begin(), answer->columns.end(), columns.Data());
          auto object = Napi::Object::New(env);
          const auto number = [&](const char* name, std::int64_t value) { object.Set(name, static_cast<double>(value)); };
          object.Set("columns", columns);
          number("cost", outcome.cost);
          number("bound", outcome.bound);
          number("penalties", outcome.penalties);
          number("rounds", outcome.rounds);
          number("bids", outcome.bids);
          number("offers", outcome.offers);
          number("scans", outcome.scans);
          object.Set("exhausted", outcome.exhausted);
          if (!answer->prices.empty()) {
            auto prices = Napi::Float64Array::New(env, answer->prices.size());
            std::copy(answer->prices.begin(), answer->prices.end(), prices.Data());
            object.Set("prices", prices);
          }
          return object;
        });
  }

  std::shared_ptr<Shared> shared_;
};

Napi::Object exportAll(Napi::Env env, Napi::Object exports) {
  exports.Set("Solver", Solver::define(env));
  exports.Set("addonInfo", Napi::Function::New(env, binding::addonInfo));
  return exports;
}

}  // namespace

NODE_API_MODULE(gimbal_assignment, exportAll)
