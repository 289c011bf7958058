// The JavaScript face of the mosaic's operations. Arguments are checked by the TypeScript beside it; what is checked again here is whatever
// could read or write outside a buffer.
#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include <binding/addon-info.hpp>
#include <binding/plane.hpp>
#include <binding/task.hpp>

#include "compose/compose.hpp"
#include "features/features.hpp"
#include "tiles/tiles.hpp"

namespace {

using namespace gimbal;
using namespace gimbal::mosaic;
using binding::Task;
using binding::whole;

constexpr napi_type_tag colourTag = {0x3b1f0a9e7c524d86u, 0xa4f0d2615be94c37u};

struct Tagged {
  ColourTags tags;
  ColourTable table;
};

/// colourOf(primaries, transfer, matrix, fullRange, bitDepth): handle
Napi::Value colourHandle(const Napi::CallbackInfo& info) {
  auto* made = new std::shared_ptr<Tagged>(std::make_shared<Tagged>());
  (*made)->tags = {whole(info[0]), whole(info[1]), whole(info[2]), info[3].ToBoolean(), whole(info[4])};
  colourOf((*made)->tags, (*made)->table);
  auto external = Napi::External<std::shared_ptr<Tagged>>::New(info.Env(), made, [](Napi::Env, std::shared_ptr<Tagged>* held) { delete held; });
  external.TypeTag(&colourTag);
  return external;
}

std::shared_ptr<Tagged> colourFrom(const Napi::Value& value) {
  using External = Napi::External<std::shared_ptr<Tagged>>;
  if (!value.IsExternal() || !value.As<External>().CheckTypeTag(&colourTag)) throw Napi::TypeError::New(value.Env(), "A colour's handle was expected.");
  return *value.As<External>().Data();
}

/// A picture from a list of planes, its shift and its chroma's shifts.
Picture pictureOf(Napi::Env env, const Napi::Value& planes, const Napi::Value& shifts) {
  const auto list = planes.As<Napi::Array>();
  const auto bits = shifts.As<Napi::Array>();
  Picture picture;
  picture.planes = static_cast<int>(list.Length());
  if (picture.planes < 1 || picture.planes > 3) throw Napi::RangeError::New(env, "a picture has one to three planes");
  picture.shift = whole(bits.Get(0u));
  picture.chromaShiftX = whole(bits.Get(1u));
  picture.chromaShiftY = whole(bits.Get(2u));
  for (int p = 0; p < picture.planes; p++) {
    const binding::Bytes plane = binding::planeOf(env, list.Get(static_cast<std::uint32_t>(p)));
    if (plane.onDevice) throw Napi::TypeError::New(env, "A plane in host memory was expected, this one lies on a CUDA device.");
    if (p == 0) {
      picture.width = plane.width;
      picture.height = plane.height;
      picture.bytes = plane.bytesPerSample;
    }
    const bool fits = p == 0 ? plane.channels == 1
                             : plane.width == picture.chromaWidth() && plane.height == picture.chromaHeight() &&
                                   plane.channels == (picture.planes == 2 ? 2 : 1);
    if (!fits || plane.bytesPerSample != picture.bytes) throw Napi::RangeError::New(env, "the planes of a picture do not fit one another");
    picture.plane[p] = {plane.data, plane.stride};
  }
  return picture;
}

struct Borders {
  std::vector<std::int32_t> x, y;
  Grid grid() const { return {static_cast<int>(x.size()) - 1, static_cast<int>(y.size()) - 1, x.data(), y.data()}; }
};

Borders bordersOf(Napi::Env env, const Napi::Value& x, const Napi::Value& y, const Picture& picture) {
  const auto numbers = [](const Napi::Value& value) {
    const auto array = value.As<Napi::Int32Array>();
    return std::vector<std::int32_t>(array.Data(), array.Data() + array.ElementLength());
  };
  Borders borders{numbers(x), numbers(y)};
  const auto rises = [](const std::vector<std::int32_t>& list, int end, int shift) {
    if (list.size() < 2 || list.front() != 0 || list.back() != end) return false;
    for (std::size_t i = 1; i < list.size(); i++) {
      if (list[i] <= list[i - 1] || (i + 1 < list.size() && list[i] % (1 << shift) != 0)) return false;
    }
    return true;
  };
  if (!rises(borders.x, picture.width, picture.chromaShiftX) || !rises(borders.y, picture.height, picture.chromaShiftY)) {
    throw Napi::RangeError::New(env, "the borders of the cells do not fit the picture");
  }
  return borders;
}

template <class Array>
auto* room(Napi::Env env, const Napi::Value& value, std::size_t numbers, const char* what) {
  auto array = value.As<Array>();
  if (array.ElementLength() < numbers) throw Napi::RangeError::New(env, std::string(what) + " is too small");
  return array.Data();
}

/// sampleTile(planes, [shift, chromaShiftX, chromaShiftY], colour, [left, top, size, mirrored], size, rgb): Promise<void>
Napi::Value sampleTileTask(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Picture picture = pictureOf(env, info[0], info[1]);
  const auto colour = colourFrom(info[2]);
  const auto list = info[3].As<Napi::Array>();
  const Crop crop{whole(list.Get(0u)), whole(list.Get(1u)), whole(list.Get(2u)), whole(list.Get(3u)) != 0};
  const int size = whole(info[4]);
  if (size < 1 || size > 1024 || crop.left < 0 || crop.top < 0 || crop.size < 1 || crop.left + crop.size > picture.width ||
      crop.top + crop.size > picture.height) {
    throw Napi::RangeError::New(env, "the crop does not fit the picture");
  }
  auto* rgb = room<Napi::Uint8Array>(env, info[5], static_cast<std::size_t>(size) * size * 3, "the tile");
  return Task::start(info, [=] { sampleTile(picture, colour->tags, crop, size, rgb); });
}

TileShape shapeOf(Napi::Env env, const Napi::Value& value) {
  const auto list = value.As<Napi::Array>();
  const TileShape shape{whole(list.Get(0u)), whole(list.Get(1u)), whole(list.Get(2u)), whole(list.Get(3u)), whole(list.Get(4u))};
  if (shape.width < 1 || shape.height < 1 || shape.width > 16384 || shape.height > 16384 || shape.chromaWidth < 0 ||
      shape.chromaWidth > shape.width || shape.chromaHeight < 0 || shape.chromaHeight > shape.height || shape.bytes < 1 || shape.bytes > 2) {
    throw Napi::RangeError::New(env, "a tile of this shape does not exist");
  }
  return shape;
}

/// layTiles(rgb, count, size, colour, [width, height, chromaWidth, chromaHeight, bytes], saturation, side, samples, features, means, threads)
Napi::Value layTilesTask(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const int count = whole(info[1]), size = whole(info[2]), side = whole(info[6]), threads = whole(info[10]);
  if (count < 1 || size < 1 || size > 1024 || side < 1 || side > 5) throw Napi::RangeError::New(env, "tiles of this number and size do not exist");
  const auto n = static_cast<std::size_t>(count);
  const auto* rgb = room<Napi::Uint8Array>(env, info[0], n * size * size * 3, "the tiles");
  const auto colour = colourFrom(info[3]);
  const TileShape shape = shapeOf(env, info[4]);
  const float saturation = info[5].ToNumber().FloatValue();
  auto* samples = room<Napi::Uint8Array>(env, info[7], n * shape.samples() * shape.bytes, "the samples");
  auto* features = room<Napi::Int16Array>(env, info[8], n * side * side * 3, "the features");
  auto* means = room<Napi::Int32Array>(env, info[9], n * 3, "the means");
  return Task::start(info, [=] { layTiles(rgb, count, size, colour->tags, shape, saturation, side, samples, features, means, threads); });
}

/// cellFeatures(planes, shifts, colour, x, y, side, features, means, threads): Promise<void>
Napi::Value cellFeaturesTask(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Picture picture = pictureOf(env, info[0], info[1]);
  const auto colour = colourFrom(info[2]);
  auto borders = std::make_shared<Borders>(bordersOf(env, info[3], info[4], picture));
  const int side = whole(info[5]), threads = whole(info[8]);
  if (side < 1 || side > 5) throw Napi::RangeError::New(env, "a cell has 1 to 5 sub-cells a side");
  const auto cells = (borders->x.size() - 1) * (borders->y.size() - 1);
  auto* features = room<Napi::Int16Array>(env, info[6], cells * side * side * 3, "the features");
  auto* means = room<Napi::Int32Array>(env, info[7], cells * 3, "the means");
  return Task::start(info, [=] { cellFeatures(picture, colour->table.colour, borders->grid(), side, features, means, threads); });
}

/// distinctTiles(features, dimensions, distance): Promise<Int32Array>
Napi::Value distinctTilesTask(const Napi::CallbackInfo& info) {
  const auto features = info[0].As<Napi::Int16Array>();
  const int dimensions = whole(info[1]), distance = whole(info[2]);
  if (dimensions < 1) throw Napi::RangeError::New(info.Env(), "features have a dimension or more");
  const int count = static_cast<int>(features.ElementLength() / dimensions);
  auto taken = std::make_shared<std::vector<std::int32_t>>();
  return Task::start(
      info, [=, data = features.Data()] { *taken = distinctTiles(data, count, dimensions, distance); },
      [taken](Napi::Env env) -> Napi::Value {
        auto array = Napi::Int32Array::New(env, taken->size());
        std::copy(taken->begin(), taken->end(), array.Data());
        return array;
      });
}

/// compose(source planes, target planes, shifts, x, y, tile samples, tile count, shape, [black, most, veil], cells: Int32Array of nine
/// numbers a cell (CellPicture), threads): Promise<void>
Napi::Value composeTask(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Picture source = pictureOf(env, info[0], info[2]);
  const Picture target = pictureOf(env, info[1], info[2]);
  if (source.width != target.width || source.height != target.height || source.planes != target.planes || source.bytes != target.bytes) {
    throw Napi::RangeError::New(env, "source and target are not alike");
  }
  auto borders = std::make_shared<Borders>(bordersOf(env, info[3], info[4], target));
  const TileShape shape = shapeOf(env, info[7]);
  const int count = whole(info[6]);
  const auto* tiles = room<Napi::Uint8Array>(env, info[5], static_cast<std::size_t>(count) * shape.samples() * shape.bytes, "the samples");
  const auto list = info[8].As<Napi::Array>();
  const Look look{tiles, shape, whole(list.Get(0u)), whole(list.Get(1u)), whole(list.Get(2u))};
  const auto cells = (borders->x.size() - 1) * (borders->y.size() - 1);
  static_assert(sizeof(CellPicture) == 9 * sizeof(std::int32_t));
  const auto* numbers = room<Napi::Int32Array>(env, info[9], cells * 9, "the list of cells");
  const auto* pictures = reinterpret_cast<const CellPicture*>(numbers);
  const int threads = whole(info[10]);
  const bool fits = (target.bytes == shape.bytes) && (target.planes == 1) == (shape.chromaWidth == 0);
  if (!fits) throw Napi::RangeError::New(env, "the tiles are not laid for this picture");
  for (int p = 0; p < (target.planes == 1 ? 1 : 2); p++) {
    const int width = p == 0 ? shape.width : shape.chromaWidth, height = p == 0 ? shape.height : shape.chromaHeight;
    const auto widest = [&](const std::vector<std::int32_t>& list, int shift) {
      int most = 0;
      for (std::size_t i = 1; i < list.size(); i++) most = std::max(most, ((list[i] + (1 << shift) - 1) >> shift) - (list[i - 1] >> shift));
      return most;
    };
    if (widest(borders->x, p == 0 ? 0 : target.chromaShiftX) > width || widest(borders->y, p == 0 ? 0 : target.chromaShiftY) > height) {
      throw Napi::RangeError::New(env, "a cell is larger than its tile");
    }
  }
  for (std::size_t i = 0; i < cells; i++) {
    if (pictures[i].now.tile < 0 || pictures[i].now.tile >= count || pictures[i].before.tile < 0 || pictures[i].before.tile >= count) {
      throw Napi::RangeError::New(env, "a cell shows a tile that is not there");
    }
  }
  return Task::start(info, [=] { compose(source, target, borders->grid(), look, pictures, threads); });
}

Napi::Object exportAll(Napi::Env env, Napi::Object exports) {
  exports.Set("colourOf", Napi::Function::New(env, colourHandle));
  exports.Set("sampleTile", Napi::Function::New(env, sampleTileTask));
  exports.Set("layTiles", Napi::Function::New(env, layTilesTask));
  exports.Set("cellFeatures", Napi::Function::New(env, cellFeaturesTask));
  exports.Set("distinctTiles", Napi::Function::New(env, distinctTilesTask));
  exports.Set("compose", Napi::Function::New(env, composeTask));
  exports.Set("addonInfo", Napi::Function::New(env, binding::addonInfo));
  return exports;
}

}  // namespace

NODE_API_MODULE(gimbal_mosaic, exportAll)
