// Building native libraries that are not there yet, in a checkout.
#ifndef SIMPLE_CLI_BUILD_LIBRARY_H_
#define SIMPLE_CLI_BUILD_LIBRARY_H_

#include <string>
#include <string_view>

namespace simple {

enum class Built { kYes, kFailed, kUnknownHow };

// Runs the launcher's command for a library (SIMPLE_SFFI_BUILD_COMMAND, with {} for its
// name). Its output goes to stderr. Where there is no such command, as in an installed
// tree, nobody knows how.
Built build_library(std::string_view name);

}  // namespace simple

#endif
