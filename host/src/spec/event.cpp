#include "spec/event.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace simple {
namespace {

constexpr std::array<const char*, 5> kKinds = {"group", "group_end", "example_begin",
                                               "example", "end"};
constexpr std::array<const char*, 4> kStatuses = {"passed", "failed", "skipped",
                                                  "listed"};

template <size_t kCount>
int find(const std::array<const char*, kCount>& names, std::string_view name) {
  for (size_t i = 0; i < kCount; ++i) {
    if (names[i] == name) return static_cast<int>(i);
  }
  return -1;
}

// Reads the flat objects that encode() makes: texts and numbers.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool accept(char wanted) {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n' || text_[0] == '\r')) {
      text_.remove_prefix(1);
    }
    if (text_.empty() || text_[0] != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool read(std::string& result) {
    result.clear();
    if (!accept('"')) return false;
    while (!text_.empty()) {
      const char next = take();
      if (next == '"') return true;
      if (next != '\\') {
        result += next;
        continue;
      }
      if (text_.empty()) return false;
      switch (const char escape = take()) {
        case 'n':
          result += '\n';
          break;
        case 'r':
          result += '\r';
          break;
        case 't':
          result += '\t';
          break;
        case 'u':
          // Only control characters are written so.
          if (text_.size() < 4) return false;
          result += static_cast<char>(
              std::strtol(std::string(text_.substr(0, 4)).c_str(), nullptr, 16));
          text_.remove_prefix(4);
          break;
        default:
          result += escape;
      }
    }
    return false;
  }

  bool read(double& result) {
    size_t count = 0;
    while (count < text_.size() && text_[count] != ',' && text_[count] != '}') ++count;
    const std::string number(text_.substr(0, count));
    char* end = nullptr;
    result = std::strtod(number.c_str(), &end);
    text_.remove_prefix(count);
    return end != number.c_str();
  }

  bool at_text() const { return text_.starts_with('"'); }

 private:
  char take() {
    const char next = text_[0];
    text_.remove_prefix(1);
    return next;
  }

  std::string_view text_;
};

}  // namespace

std::string json_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escape[8];
          std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(c));
          result += escape;
        } else {
          result += c;
        }
    }
  }
  return result + "\"";
}

std::string encode(const SpecEvent& event) {
  std::string result = "{\"event\":";
  result += json_text(kKinds[static_cast<size_t>(event.kind)]);
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) result += ",\"" + std::string(name) + "\":" + json_text(text);
  };
  add("name", event.name);
  if (event.kind == SpecEvent::Kind::kExample) {
    add("status", kStatuses[static_cast<size_t>(event.status)]);
    add("reason", event.reason);
    add("message", event.message);
    add("detail", event.detail);
    add("file", event.file);
    if (event.line != 0) result += ",\"line\":" + std::to_string(event.line);
    char seconds[32];
    std::snprintf(seconds, sizeof(seconds), ",\"seconds\":%.6f", event.seconds);
    result += seconds;
  }
  return result + "}\n";
}

bool decode(std::string_view line, SpecEvent& event) {
  event = SpecEvent{};
  Reader reader(line);
  if (!reader.accept('{')) return false;
  bool known = false;
  do {
    std::string key, text;
    double number = 0;
    if (!reader.read(key) || !reader.accept(':')) return false;
    if (!(reader.at_text() ? reader.read(text) : reader.read(number))) return false;
    if (key == "event") {
      const int kind = find(kKinds, text);
      known = kind >= 0;
      if (known) event.kind = static_cast<SpecEvent::Kind>(kind);
    } else if (key == "status") {
      const int status = find(kStatuses, text);
      if (status < 0) return false;
      event.status = static_cast<SpecEvent::Status>(status);
    } else if (key == "name") {
      event.name = text;
    } else if (key == "reason") {
      event.reason = text;
    } else if (key == "message") {
      event.message = text;
    } else if (key == "detail") {
      event.detail = text;
    } else if (key == "file") {
      event.file = text;
    } else if (key == "line") {
      event.line = static_cast<uint32_t>(number);
    } else if (key == "seconds") {
      event.seconds = number;
    }
  } while (reader.accept(','));
  return reader.accept('}') && known;
}

}  // namespace simple
