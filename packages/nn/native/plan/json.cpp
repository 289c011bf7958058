#include "json.hpp"

#include <cmath>
#include <cstdlib>

namespace gimbal::nn {

class JsonReader {
 public:
  explicit JsonReader(const std::string& text) : text_(text) {}

  Json whole() {
    Json value = read("", 0);
    skip();
    if (at_ != text_.size()) fail("the end");
    return value;
  }

 private:
  static constexpr int kDeepest = 64;

  [[noreturn]] void fail(const char* expected) const {
    throw std::invalid_argument("JSON: " + std::string(expected) + " was expected at character " + std::to_string(at_));
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) at_++;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }
  bool word(const char* w) {
    const std::string wanted = w;
    if (text_.compare(at_, wanted.size(), wanted) != 0) return false;
    at_ += wanted.size();
    return true;
  }

  std::string string() {
    std::string out;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') {
        at_++;
        const char c = at_ < text_.size() ? text_[at_] : '\0';
        // Names of tensors are plain text: escapes beyond these have no place in a plan.
        if (c == '"' || c == '\\' || c == '/') out += c;
        else if (c == 'n') out += '\n';
        else if (c == 't') out += '\t';
        else fail("a plain escape");
        at_++;
      } else {
        out += text_[at_++];
      }
    }
    if (at_ >= text_.size()) fail("the end of a string");
    at_++;
    return out;
  }

  Json read(const std::string& where, int depth) {
    if (depth > kDeepest) fail("less nesting");
    Json value;
    value.where_ = where;
    skip();
    if (take('{')) {
      value.kind_ = Json::Kind::object;
      if (take('}')) return value;
      do {
        if (!take('"')) fail("a key");
        const std::string key = string();
        if (!take(':')) fail("a colon");
        value.object_.insert_or_assign(key, read(where + "." + key, depth + 1));
      } while (take(','));
      if (!take('}')) fail("a closing brace");
    } else if (take('[')) {
      value.kind_ = Json::Kind::array;
      if (take(']')) return value;
      do value.array_.push_back(read(where + "[" + std::to_string(value.array_.size()) + "]", depth + 1));
      while (take(','));
      if (!take(']')) fail("a closing bracket");
    } else if (take('"')) {
      value.kind_ = Json::Kind::string;
      value.string_ = string();
    } else if (word("true") || word("false")) {
      value.kind_ = Json::Kind::boolean;
      value.boolean_ = text_[at_ - 2] == 'u';
    } else if (!word("null")) {
      char* end = nullptr;
      value.kind_ = Json::Kind::number;
      value.number_ = std::strtod(text_.c_str() + at_, &end);
      const std::size_t to = static_cast<std::size_t>(end - text_.c_str());
      if (to == at_) fail("a value");
      at_ = to;
    }
    return value;
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

Json Json::parse(const std::string& text) { return JsonReader(text).whole(); }

void Json::wrong(const char* expected) const {
  throw std::invalid_argument("plan" + where_ + " must be " + expected);
}

const Json& Json::at(const std::string& key) const {
  const auto found = object_.find(key);
  if (found == object_.end()) throw std::invalid_argument("plan" + where_ + " lacks \"" + key + "\"");
  return found->second;
}
const std::map<std::string, Json>& Json::entries() const {
  if (kind_ != Kind::object) wrong("an object");
  return object_;
}
const std::vector<Json>& Json::items() const {
  if (kind_ != Kind::array) wrong("a list");
  return array_;
}
const std::string& Json::text() const {
  if (kind_ != Kind::string) wrong("a string");
  return string_;
}
double Json::number() const {
  if (kind_ != Kind::number) wrong("a number");
  return number_;
}
int Json::whole() const {
  const double value = number();
  if (value != std::floor(value) || std::abs(value) > 1e9) wrong("a whole number");
  return static_cast<int>(value);
}
bool Json::truth() const {
  if (kind_ != Kind::boolean) wrong("true or false");
  return boolean_;
}
std::vector<int> Json::wholes(const std::string& key) const {
  std::vector<int> out;
  for (const Json& item : at(key).items()) out.push_back(item.whole());
  return out;
}

}  // namespace gimbal::nn
