// Building native libraries that are not there yet, in a checkout.
#ifndef SIMPLE_CLI_BUILD_LIBRARY_H_
#define SIMPLE_CLI_BUILD_LIBRARY_H_

#include <string>
#include <string_view>

namespace simple {

// Runs the launcher's command for a library (SIMPLE_SFFI_BUILD_COMMAND, with {} for its
// name), once a library. Its output goes to stderr. True if it says that the library is
// built. False at once where there is no such command, as in an installed tree.
bool build_library(std::string_view name);

}  // namespace simple

#endif
