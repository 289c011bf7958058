#pragma once
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace gimbal::nn {

/// A value of a JSON text (RFC 8259). What is asked for and not there is an error that names where it was expected.
class Json {
 public:
  enum class Kind { null, boolean, number, string, array, object };

  /// @throws std::invalid_argument with the place of the first fault.
  static Json parse(const std::string& text);

  Kind kind() const { return kind_; }
  bool has(const std::string& key) const { return object_.count(key) > 0; }
  /// @throws std::invalid_argument where it is missing.
  const Json& at(const std::string& key) const;
  const std::map<std::string, Json>& entries() const;
  const std::vector<Json>& items() const;
  const std::string& text() const;
  double number() const;
  int whole() const;
  bool truth() const;

  std::string text(const std::string& key, const std::string& otherwise) const { return has(key) ? at(key).text() : otherwise; }
  double number(const std::string& key, double otherwise) const { return has(key) ? at(key).number() : otherwise; }
  bool truth(const std::string& key) const { return has(key) && at(key).truth(); }
  /// Whole numbers, such as a shape.
  std::vector<int> wholes(const std::string& key) const;

 private:
  friend class JsonReader;
  [[noreturn]] void wrong(const char* expected) const;

  Kind kind_ = Kind::null;
  bool boolean_ = false;
  double number_ = 0;
  std::string string_;
  std::vector<Json> array_;
  std::map<std::string, Json> object_;
  std::string where_;
};

}  // namespace gimbal::nn
