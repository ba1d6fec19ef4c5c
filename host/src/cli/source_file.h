// Reading the files that a person names.
#ifndef SIMPLE_CLI_SOURCE_FILE_H_
#define SIMPLE_CLI_SOURCE_FILE_H_

#include <string>
#include <string_view>

namespace simple {

// Reads a source. If that does not work, `problem` says why, as a sentence without its
// end: it is not there, a folder, not readable, or not UTF-8 (with the place).
bool read_source(const std::string& path, std::string& text, std::string& problem);

// The same for a text that is there already; `name` is how messages call it.
bool check_utf8(const std::string& name, std::string_view text, std::string& problem);

}  // namespace simple

#endif
