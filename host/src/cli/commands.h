// The commands, each given the words after its name. What they return is the exit status:
// 0, 1 for a program or test that failed, 2 for a command line that makes no sense.
#ifndef SIMPLE_CLI_COMMANDS_H_
#define SIMPLE_CLI_COMMANDS_H_

#include <string>
#include <vector>

namespace simple {

using Words = std::vector<std::string>;

int run_command(const Words& words);
int evaluate_command(const std::string& option, const Words& words);  // -e and -c
int check_command(const Words& words);
int test_command(const Words& words);
int repl_command(const Words& words);
int doc_command(const Words& words);
int doctor_command(const Words& words);
int version_command(const Words& words);
int build_command(const Words& words);

// Prints the help of a command, or all of it for "". False if there is none.
bool print_help(const std::string& command);

// Says on stderr what is wrong with a command line, and where help is; returns 2.
int misused(const std::string& command, const std::string& problem);

// This program's path.
std::string executable_path();

inline constexpr const char* kVersion = SIMPLE_HOST_VERSION;

}  // namespace simple

#endif
