// Text and files, as all parts of the generator need them.
#pragma once

#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace simple_torch::generator {

// What ends generation: the message says where and why.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The texts of all parts, one after the other.
template <typename... Parts>
std::string cat(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return std::move(text).str();
}

std::string_view trimmed(std::string_view text);
std::string lower(std::string_view text);
bool starts_with(std::string_view text, std::string_view start);
bool ends_with(std::string_view text, std::string_view end);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
std::string joined(const std::vector<std::string>& parts, std::string_view separator);

// The parts between separators that lie outside all brackets and quotes, trimmed. An
// empty text has no parts.
std::vector<std::string> split_outside_brackets(std::string_view text, char separator);

std::vector<std::string> lines_of(std::string_view text);
std::vector<std::string> words_of(std::string_view text);

// Whether `*` in the pattern, standing for any text, can make it the name.
bool matches(std::string_view pattern, std::string_view name);

// Breaks a text at spaces, so that no line is longer than `width` if that can be.
std::vector<std::string> wrapped(std::string_view text, size_t width);

// A list with commas, in lines of at most `width` that begin with `indent` and break
// between its elements only.
std::string wrapped_list(const std::vector<std::string>& elements,
                         const std::string& indent, size_t width);

std::string read_file(const std::filesystem::path& file);

// Writes a file, unless it says that already: what is made from it stays current.
void write_if_changed(const std::filesystem::path& file, std::string_view text);

// The files of a folder whose names end so, sorted by name.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder,
                                            std::string_view end);

}  // namespace simple_torch::generator
