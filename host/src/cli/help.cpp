// What the commands are, for people.
#include <cstdio>
#include <string>
#include <string_view>

#include "cli/commands.h"

namespace simple {
namespace {

struct Topic {
  const char* name;
  const char* text;
};

constexpr Topic kTopics[] = {
    {"run", R"(simple run FILE [ARGUMENT…]
simple FILE.spl [ARGUMENT…]

Runs a program: its statements from the top, then main() if it has one that they did not
call. FILE may be - for standard input. The exit status is main's value if that is a
number, 1 after an error, and what exit(n) says.
)"},
    {"-e", R"(simple -e CODE [ARGUMENT…]
simple -c CODE [ARGUMENT…]

Runs a program that is given as a word.
)"},
    {"test", R"(simple test [OPTION…] [PATH…]

Runs the spec files under the paths, or in the folders test and tests: files whose names
have _spec. or _test. before .spl, .simple or .sscript, and *.sspec. Each runs in a process
of its own.

  --filter TEXT        only examples whose full name has this text in it
  --tag TAG            only examples with this tag; may be given several times
  --slow               run the examples that are tagged as slow, too
  --fail-fast          stop after the first failure
  --list               name the examples, run none
  --format=FORMAT      documentation (the default), brief, tap, junit or json
  --output FILE        write the report there
  --timeout SECONDS    kill a file that runs longer; 60 if not given, 0 for no limit
  -j N, --jobs N       how many files run at a time; as many as there are cores if not given
  --verbose            show what files print, also if they pass
  --no-color           no colours; NO_COLOR=1 in the environment does the same

The last line counts the examples. The exit status is 1 if one failed.
)"},
    {"check", R"(simple check FILE…

Parses and compiles the files and what they import, and reports everything that is wrong
with them. Runs nothing.
)"},
    {"doc", R"(simple doc [OPTION…] PATH…

Shows as Markdown what modules have for others: names, signatures and the ## comments above
them. Of a folder that is a package, what the package exports.

  --output FOLDER      write a page for each module there, and README.md that lists them
  --title TEXT         what README.md is called
  --compact START      modules whose last name starts with this have signatures alone
  --examples FOLDER    write the examples as spec files there, for simple test
  --names              name what is public, one a line

An example is what a comment has behind four blanks more. It sees what its package and its
module export, and its comments `#=> text` are what it prints.
)"},
    {"repl", R"(simple repl

Evaluates what is typed, and shows values. A block ends with an empty line. :quit or Ctrl-D
ends it, :help shows more. The history is kept in ~/.local/state/simple/history.
)"},
    {"doctor", R"(simple doctor

Shows what this host finds: its library, packages and native libraries, and what is missing.
)"},
    {"version", R"(simple version

Shows the version.
)"},
    {"build", R"(simple build [OPTION…]

Builds the native libraries. That is the work of the launcher in a checkout, bin/simple; see
bin/simple help.
)"},
    {"help", R"(simple help [COMMAND]

Shows the commands, or how one is used.
)"},
};

constexpr const char* kOverview = R"(Usage: simple COMMAND [ARGUMENT…]
       simple FILE.spl [ARGUMENT…]

  run FILE [ARGUMENT…]   run a program
  test [PATH…]           run spec files
  check FILE…            report what is wrong with programs, without running them
  doc PATH…              show what modules have for others, with their comments
  repl                   evaluate what is typed; also without any arguments
  -e CODE, -c CODE       run a program that is given as a word
  doctor                 show what is found, and what is missing
  version                show the version
  help [COMMAND]         show this, or how a command is used

The environment:
  SIMPLE_PACKAGES    packages for `use`: name=folder:folder;name=folder
  SIMPLE_LIB         the standard library's folder
  SIMPLE_SFFI_PATH   folders of native libraries, separated by colons
)";

}  // namespace

bool print_help(const std::string& command) {
  if (command.empty()) {
    std::printf("Simple Language v%s\n\n%s", kVersion, kOverview);
    return true;
  }
  const std::string_view wanted = command == "-c" ? "-e" : std::string_view(command);
  for (const Topic& topic : kTopics) {
    if (wanted == topic.name) {
      std::fputs(topic.text, stdout);
      return true;
    }
  }
  return false;
}

int misused(const std::string& command, const std::string& problem) {
  if (command.empty()) {
    std::fprintf(stderr, "simple: %s\nSee 'simple help'.\n", problem.c_str());
  } else {
    std::fprintf(stderr, "simple %s: %s\nSee 'simple help %s'.\n", command.c_str(),
                 problem.c_str(), command.c_str());
  }
  return 2;
}

}  // namespace simple
