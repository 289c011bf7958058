#pragma once
#include <cstdint>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace gimbal {

/// A picture of floats as tools/fixtures/golden.py writes it.
struct Golden {
  int width = 0;
  int height = 0;
  std::vector<float> samples;

  /// @throws std::runtime_error when the file is missing or not of that format.
  static Golden read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    char magic[8] = {};
    std::uint32_t size[2] = {};
    file.read(magic, 8);
    file.read(reinterpret_cast<char*>(size), 8);
    if (!file || std::memcmp(magic, "GIMBALG1", 8) != 0) throw std::runtime_error("not a golden file: " + path);
    Golden golden{static_cast<int>(size[0]), static_cast<int>(size[1]), std::vector<float>(std::size_t{size[0]} * size[1])};
    file.read(reinterpret_cast<char*>(golden.samples.data()), static_cast<std::streamsize>(golden.samples.size() * 4));
    if (!file) throw std::runtime_error("golden file is cut short: " + path);
    return golden;
  }

  /// The pictures of a folder, from its names.txt.
  static std::vector<std::string> names(const std::string& folder) {
    std::ifstream file(folder + "/names.txt");
    std::vector<std::string> list;
    for (std::string name; std::getline(file, name);) list.push_back(name);
    if (list.empty()) throw std::runtime_error("no golden files in " + folder);
    return list;
  }
};

}  // namespace gimbal
