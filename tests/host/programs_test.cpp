// Runs the small programs of these folders, several at a time, and compares all that they
// print, the error that they end with and their exit status with the comments in them;
// see README.md. A file has to say everything: a line that is not expected is a failure.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/child.h"
#include "spec/difference.h"

namespace {

namespace fs = std::filesystem;
using simple::ChildCommand;
using simple::ChildOutcome;

// An error, as a comment wants it or as the host has printed it.
struct Error {
  std::string kind;
  std::string message;  // With its code at the end, if it has one. "?" is any.
  std::string file;
  size_t line = 0;
};

struct Program {
  fs::path path;
  fs::path run;  // The file that is run: the path, or a copy with modules beside it.
  std::vector<std::string> arguments;
  std::string input;
  std::string output;
  std::vector<Error> errors;
  int status = 0;
  std::string mistake;  // What is wrong with the file itself.
};

struct Options {
  fs::path host;
  fs::path programs;
  size_t jobs = simple::available_cores();
  double seconds = 0;
  bool stress = false;
  bool verbose = false;
};

std::string trim(std::string text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// What follows a marker on a line, or null. One space after the marker belongs to it.
bool after(const std::string& line, std::string_view marker, std::string& rest) {
  const auto at = line.find(marker);
  if (at == std::string::npos) return false;
  rest = line.substr(at + marker.size());
  if (rest.starts_with(' ')) rest.erase(0, 1);
  if (rest.ends_with('\r')) rest.pop_back();
  return true;
}

// The same for a marker that the line starts with.
bool starts(const std::string& line, std::string_view marker, std::string& rest) {
  return line.starts_with(marker) && after(line, marker, rest);
}

class Reader {
 public:
  Reader(const fs::path& path, const fs::path& scratch) : scratch_(scratch) {
    program_.path = path;
    program_.run = path;
  }

  Program read() {
    std::ifstream file(program_.path, std::ios::binary);
    if (!file) {
      program_.mistake = "cannot be read";
      return program_;
    }
    std::string part;
    fs::path name = program_.path.filename();
    bool modules = false;
    size_t number = 0;
    for (std::string line; std::getline(file, line);) {
      std::string rest;
      if (starts(line, "#module ", rest)) {
        modules = true;
        write(name, part);
        name = trim(rest);
        part.clear();
        number = 0;
        continue;
      }
      part += line + "\n";
      comment(line, name.string(), ++number);
    }
    if (modules) {
      write(name, part);
      program_.run = scratch_ / program_.path.filename();
    }
    if (!program_.errors.empty() && program_.status == 0) program_.status = 1;
    if (said_nothing_) program_.mistake = "expects nothing: it has no #=>, #! or #exit";
    return program_;
  }

 private:
  void comment(const std::string& line, const std::string& file, size_t number) {
    std::string rest;
    if (starts(line, "#exit ", rest)) {
      said_nothing_ = false;
      program_.status = std::atoi(rest.c_str());
    } else if (starts(line, "#args ", rest)) {
      std::istringstream words(rest);
      program_.arguments.assign(std::istream_iterator<std::string>(words), {});
    } else if (starts(line, "#stdin", rest)) {
      program_.input += rest + "\n";
    } else if (after(line, "#=>", rest)) {
      said_nothing_ = false;
      program_.output += rest + "\n";
    } else if (after(line, "#! ", rest)) {
      said_nothing_ = false;
      rest = trim(rest);
      const auto colon = rest.find(": ");
      if (colon == std::string::npos) {
        program_.mistake =
            "line " + std::to_string(number) + ": no kind in '#! " + rest + "'";
        return;
      }
      program_.errors.push_back(
          {rest.substr(0, colon), rest.substr(colon + 2), file, number});
    }
  }

  // Files of a program with modules lie in a folder of their own.
  void write(const fs::path& name, const std::string& text) {
    const fs::path to = scratch_ / name;
    fs::create_directories(to.parent_path());
    std::ofstream(to, std::ios::binary) << text;
  }

  Program program_;
  fs::path scratch_;
  bool said_nothing_ = true;
};

// The errors in what the host wrote: "error: kind: message", which may have several
// lines, and then "--> file:line:column". A stack's own arrows come after that.
std::vector<Error> errors_in(const std::string& text) {
  std::vector<Error> errors;
  bool placed = true;
  for (const std::string& line : simple::split_lines(text)) {
    std::string rest;
    if (starts(line, "error: ", rest)) {
      const auto colon = rest.find(": ");
      placed = false;
      if (colon == std::string::npos) {
        errors.push_back({"", rest, "", 0});
      } else {
        errors.push_back({rest.substr(0, colon), rest.substr(colon + 2), "", 0});
      }
    } else if (!placed && line.starts_with(' ') && after(line, " --> ", rest)) {
      placed = true;
      const auto column = rest.rfind(':');
      const auto number = column == std::string::npos || column == 0
                              ? std::string::npos
                              : rest.rfind(':', column - 1);
      if (number == std::string::npos) continue;
      errors.back().file = rest.substr(0, number);
      errors.back().line = static_cast<size_t>(
          std::atoll(rest.substr(number + 1, column - number - 1).c_str()));
    } else if (!placed) {
      errors.back().message += "\\n" + line;
    }
  }
  return errors;
}

// Without " [E1001]" at the end.
std::string without_code(const std::string& message) {
  const auto at = message.rfind(" [E");
  return at == std::string::npos || !message.ends_with(']') ? message
                                                            : message.substr(0, at);
}

bool same_message(const std::string& expected, const std::string& actual) {
  return expected == "?" || expected == actual || expected == without_code(actual);
}

bool same_file(const std::string& expected, const std::string& actual) {
  return actual == expected || actual.ends_with("/" + expected);
}

std::string show(const Error& error) {
  std::string result =
      error.kind.empty() ? error.message : error.kind + ": " + error.message;
  if (error.line == 0) return result + "  (no place)";
  return result + "  (" + fs::path(error.file).filename().string() + ":" +
         std::to_string(error.line) + ")";
}

std::string indented(const std::string& text, const char* margin) {
  std::string result;
  for (const std::string& line : simple::split_lines(text))
    result += margin + line + "\n";
  return result;
}

std::string compare_output(const std::string& expected, const std::string& actual) {
  if (expected == actual) return "";
  const std::vector<std::string> wanted = simple::split_lines(expected);
  const std::vector<std::string> got = simple::split_lines(actual);
  if (wanted == got) return "  output: the last line's end differs\n";
  return "  output (- expected, + actual):\n" +
         indented(simple::difference(wanted, got), "    ");
}

std::string compare_errors(const Program& program, const std::vector<Error>& actual) {
  bool same = program.errors.size() == actual.size();
  for (size_t i = 0; same && i < actual.size(); ++i) {
    const Error& expected = program.errors[i];
    same = expected.kind == actual[i].kind && expected.line == actual[i].line &&
           same_message(expected.message, actual[i].message) &&
           same_file(expected.file, actual[i].file);
  }
  if (same) return "";
  std::string result = "  errors (- expected, + actual):\n";
  for (const Error& error : program.errors) result += "    - " + show(error) + "\n";
  for (const Error& error : actual) result += "    + " + show(error) + "\n";
  return result;
}

// What is wrong with how a program ended; "" if nothing is.
std::string judge(const Program& program, const ChildOutcome& outcome) {
  if (!outcome.not_started.empty())
    return "  cannot be started: " + outcome.not_started + "\n";
  std::string result;
  if (outcome.timed_out) result += "  runs too long; killed\n";
  if (outcome.signal != 0 && !outcome.timed_out) {
    result += std::string("  crashed: ") + strsignal(outcome.signal) + "\n";
  }
  result += compare_output(program.output, outcome.output);
  const std::vector<Error> errors = errors_in(outcome.errors);
  result += compare_errors(program, errors);
  if (outcome.signal == 0 && outcome.status != program.status) {
    result += "  exit status " + std::to_string(outcome.status) + ", expected " +
              std::to_string(program.status) + "\n";
  }
  if (!result.empty() && !outcome.errors.empty()) {
    result += "  stderr:\n" + indented(outcome.errors, "    | ");
  }
  return result;
}

ChildCommand command_for(const Program& program, const Options& options) {
  ChildCommand command;
  command.arguments.push_back(options.host.string());
  // Several errors are what check shows.
  command.arguments.emplace_back(program.errors.size() > 1 ? "check" : "run");
  command.arguments.push_back(program.run.string());
  command.arguments.insert(command.arguments.end(), program.arguments.begin(),
                           program.arguments.end());
  command.input = program.input;
  command.seconds = options.seconds;
  if (options.stress) command.environment.emplace_back("SIMPLE_GC_STRESS=1");
  command.environment.emplace_back("SIMPLE_SFFI_PATH=" SIMPLE_HOST_NATIVE);
  // Nothing from outside: no packages, and no library that is built on the way.
  command.environment.emplace_back("SIMPLE_LIB=" SIMPLE_HOST_LIBRARY);
  for (const char* name : {"SIMPLE_PACKAGES", "SIMPLE_SFFI_BUILD_PATH",
                           "SIMPLE_SFFI_BUILD_COMMAND", "SIMPLE_SPEC_REPORT_FD"}) {
    command.environment.push_back(std::string(name) + "=");
  }
  return command;
}

// Files under a path; a path that is none is a part of the files' names. A folder with a
// check.sh runs its programs itself.
std::vector<fs::path> find_programs(const std::vector<std::string>& wanted,
                                    const Options& options) {
  std::vector<fs::path> found;
  const auto collect = [&](const fs::path& folder, const std::string& part) {
    fs::recursive_directory_iterator entry(folder);
    for (const fs::recursive_directory_iterator end; entry != end; ++entry) {
      const fs::path& path = entry->path();
      if (entry->is_directory() && fs::exists(path / "check.sh")) {
        entry.disable_recursion_pending();
      } else if (path.extension() == ".spl" &&
                 path.string().find(part) != std::string::npos) {
        found.push_back(path);
      }
    }
  };
  for (const std::string& path : wanted) {
    if (fs::is_directory(path)) {
      collect(path, "");
    } else if (fs::exists(path)) {
      found.emplace_back(path);
    } else if (fs::is_directory(options.programs / path)) {
      collect(options.programs / path, "");
    } else {
      collect(options.programs, path);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

int usage() {
  std::puts(
      "host_programs [--host FILE] [--stress] [--jobs N] [--timeout SECONDS] [-v] "
      "[PATH…]\n"
      "\n"
      "Runs the programs under the paths, or all in tests/host. A PATH that is not there "
      "is\n"
      "a part of the programs' names. --stress collects garbage at every chance; -v "
      "names\n"
      "the programs that pass, too.");
  return 2;
}

int run(const std::vector<Program>& programs, const Options& options) {
  size_t passed = 0, failed = 0;
  std::vector<std::string> names;
  const int signal = simple::run_children(
      programs.size(), options.jobs,
      [&](size_t index) { return command_for(programs[index], options); },
      [&](size_t index, ChildOutcome& outcome) {
        const Program& program = programs[index];
        const std::string wrong = program.mistake.empty() ? judge(program, outcome)
                                                          : "  " + program.mistake + "\n";
        if (wrong.empty()) {
          ++passed;
          if (options.verbose) std::printf("ok %s\n", program.path.c_str());
          return true;
        }
        ++failed;
        names.push_back(program.path.string());
        std::printf("FAILED %s\n%s", program.path.c_str(), wrong.c_str());
        std::fflush(stdout);
        return true;
      });
  if (signal != 0) {
    std::puts("interrupted");
    return 128 + signal;
  }
  std::sort(names.begin(), names.end());
  if (names.size() > 1) {
    std::puts("Failed:");
    for (const std::string& name : names) std::printf("  %s\n", name.c_str());
  }
  std::printf("%zu passed, %zu failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

// Options, then programs with their modules in a scratch folder, then all of them.
int start(int count, char** words) {
  Options options;
  options.host = SIMPLE_HOST_EXECUTABLE;
  options.programs = SIMPLE_HOST_PROGRAMS;
  std::vector<std::string> wanted;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool more = i + 1 < count;
    if (word == "--stress") {
      options.stress = true;
    } else if (word == "-v" || word == "--verbose") {
      options.verbose = true;
    } else if (word == "--host" && more) {
      options.host = words[++i];
    } else if ((word == "--jobs" || word == "-j") && more) {
      options.jobs = static_cast<size_t>(std::max(1, std::atoi(words[++i])));
    } else if (word == "--timeout" && more) {
      options.seconds = std::atof(words[++i]);
    } else if (word.starts_with("-")) {
      return usage();
    } else {
      wanted.push_back(word);
    }
  }
  if (options.seconds <= 0) options.seconds = options.stress ? 120 : 10;
  if (wanted.empty()) wanted.emplace_back("");
  options.host = fs::absolute(options.host);
  if (!fs::exists(options.host)) {
    std::fprintf(stderr, "There is no host at %s; name it with --host.\n",
                 options.host.c_str());
    return 2;
  }
  const std::vector<fs::path> paths = find_programs(wanted, options);
  if (paths.empty()) {
    std::fprintf(stderr, "There are no programs there.\n");
    return 2;
  }
  std::string scratch = (fs::temp_directory_path() / "simple-programs-XXXXXX").string();
  if (mkdtemp(scratch.data()) == nullptr) {
    std::perror(scratch.c_str());
    return 2;
  }
  std::vector<Program> programs;
  for (const fs::path& path : paths) {
    programs.push_back(
        Reader(path, fs::path(scratch) / std::to_string(programs.size())).read());
  }
  const int status = run(programs, options);
  std::error_code ignored;
  fs::remove_all(scratch, ignored);
  return status;
}

}  // namespace

int main(int count, char** words) {
  try {
    return start(count, words);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "host_programs: %s\n", failure.what());
    return 2;
  }
}
