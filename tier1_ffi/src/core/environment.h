// Variables of the process's environment.
#pragma once

namespace simple_torch::platform {

// Puts one there unless it is there already.
void set_environment(const char* name, const char* value);

}  // namespace simple_torch::platform
