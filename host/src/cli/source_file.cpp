#include "cli/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace simple {
namespace {

// The length of the character at the start, or 0 if it is none: wrong or cut sequences,
// surrogates, forms that are longer than need be.
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first < 0xC2   ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second > 0x9F) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  return length;
}

// What a person may have meant by a name that is not there: the same with the ending, or
// a file of another ending.
std::string meant(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  for (const char* ending : {".spl", "_spec.spl"}) {
    if (fs::is_regular_file(path + ending, ignored)) return path + ending;
  }
  return "";
}

}  // namespace

bool check_utf8(const std::string& name, std::string_view text, std::string& problem) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = character_length(text.substr(at));
    if (length > 0) {
      at += length;
      continue;
    }
    const auto line =
        std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(at), '\n');
    const size_t before = text.substr(0, at).rfind('\n');
    const size_t start = before == std::string_view::npos ? 0 : before + 1;
    const auto column = std::count_if(
        text.begin() + static_cast<ptrdiff_t>(start),
        text.begin() + static_cast<ptrdiff_t>(at),
        [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    char place[120];
    std::snprintf(place, sizeof(place),
                  " is not UTF-8: byte 0x%02x at line %td, column %td",
                  static_cast<unsigned char>(text[at]), line + 1, column + 1);
    problem = "`" + name + "`" + place;
    return false;
  }
  return true;
}

bool read_source(const std::string& path, std::string& text, std::string& problem) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) {
      const std::string other = meant(path);
      problem = "there is no file `" + path + "`" +
                (other.empty() ? "" : "; there is `" + other + "`");
    } else {
      problem = "`" + path + "` cannot be read: " + std::strerror(errno);
    }
    return false;
  }
  struct stat status {};
  if (fstat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
    problem = "`" + path + "` is a folder";
    close(file);
    return false;
  }
  text.clear();
  char bytes[65536];
  ssize_t count;
  while ((count = read(file, bytes, sizeof(bytes))) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      problem = "`" + path + "` cannot be read: " + std::strerror(errno);
      close(file);
      return false;
    }
    text.append(bytes, static_cast<size_t>(count));
    // Offsets in sources have 32 bits.
    if (text.size() > 0x7FFFFFFF) {
      problem = "`" + path + "` is too large for a source: more than 2 GB";
      close(file);
      return false;
    }
  }
  close(file);
  return check_utf8(path, text, problem);
}

}  // namespace simple
