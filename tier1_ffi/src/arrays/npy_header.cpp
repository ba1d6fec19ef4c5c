#include "arrays/npy_header.h"

#include <set>

#include "core/file.h"

namespace simple_torch {
namespace {

using std::string_view_literals::operator""sv;

constexpr auto kMagic = "\x93NUMPY"sv;
// A header of 64 dims takes less.
constexpr size_t kLongest = 1 << 16;
constexpr size_t kMostDims = 64;

// Reads the one form of Python's dicts that stands in headers: texts, truth values, and
// tuples of whole numbers.
class Parser {
 public:
  Parser(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  NpyHeader parse() {
    NpyHeader header;
    std::set<std::string> keys;
    expect('{');
    while (!accept('}')) {
      const std::string key = text();
      if (!keys.insert(key).second) damaged();
      expect(':');
      if (key == "descr") {
        header.letters = letters();
      } else if (key == "fortran_order") {
        header.columns_first = truth();
      } else if (key == "shape") {
        header.shape = shape();
      } else {
        damaged();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    pass_blanks();
    // Each of the three, once.
    if (!rest_.empty() || keys.size() != 3) damaged();
    return header;
  }

 private:
  [[noreturn]] void damaged() const {
    fail_format(name_, "the header does not say what the array is");
  }

  void pass_blanks() {
    const size_t end = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
  }

  bool accept(char wanted) {
    pass_blanks();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted)) damaged();
  }

  std::string text() {
    pass_blanks();
    if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) damaged();
    const size_t end = rest_.find(rest_[0], 1);
    if (end == std::string_view::npos) damaged();
    const std::string found(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return found;
  }

  // Of records it is a list.
  std::string letters() {
    pass_blanks();
    if (rest_.starts_with('[')) {
      fail(Code::kUnsupported, "", name_ + ": an array of records is not read");
    }
    return text();
  }

  bool truth() {
    pass_blanks();
    for (const auto& [word, value] : {std::pair("True"sv, true), {"False"sv, false}}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    damaged();
  }

  std::vector<int64_t> shape() {
    std::vector<int64_t> sizes;
    expect('(');
    while (!accept(')')) {
      sizes.push_back(number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    if (sizes.size() > kMostDims) {
      fail_format(name_, "an array of " + std::to_string(sizes.size()) + " dims");
    }
    return sizes;
  }

  int64_t number() {
    pass_blanks();
    int64_t value = 0;
    size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      if (value > (INT64_MAX - 9) / 10) damaged();
      value = value * 10 + (rest_[digits++] - '0');
    }
    if (digits == 0) damaged();
    rest_.remove_prefix(digits);
    return value;
  }

  std::string_view rest_;
  const std::string& name_;
};

}  // namespace

NpyHeader read_npy_header(std::string_view content, const std::string& name) {
  if (content.size() < 10 || !content.starts_with(kMagic)) {
    fail_format(name, "this is no array of numpy");
  }
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(content[at]); };
  const int version = byte(6);
  if (version < 1 || version > 3) {
    fail_format(name,
                "version " + std::to_string(version) + " of the format is not known");
  }
  const size_t width = version == 1 ? 2 : 4;
  const size_t begin = 8 + width;
  if (content.size() < begin) fail_format(name, "the file ends in its header");
  size_t length = 0;
  for (size_t i = width; i-- > 0;) length = length << 8 | byte(8 + i);
  if (length > kLongest || length > content.size() - begin) {
    fail_format(name, "a header of " + std::to_string(length) + " bytes");
  }
  NpyHeader header = Parser(content.substr(begin, length), name).parse();
  header.bytes = begin + length;
  return header;
}

std::string npy_header_text(const NpyHeader& header) {
  std::string sizes;
  for (const int64_t size : header.shape) {
    sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
  }
  if (header.shape.size() == 1) sizes += ",";
  std::string said = "{'descr': '" + header.letters +
                     "', 'fortran_order': " + (header.columns_first ? "True" : "False") +
                     ", 'shape': (" + sizes + "), }";
  // The elements begin at a multiple of 64.
  constexpr size_t kBefore = 10;
  const size_t whole = (kBefore + said.size() + 1 + 63) / 64 * 64;
  said.append(whole - kBefore - said.size() - 1, ' ');
  said += '\n';
  std::string text(kMagic);
  text += '\1';
  text += '\0';
  text += static_cast<char>(said.size() & 0xff);
  text += static_cast<char>(said.size() >> 8);
  return text + said;
}

}  // namespace simple_torch
