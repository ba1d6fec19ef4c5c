// rt_time_…, rt_env_…, rt_stdin_…, rt_stdout_…: the process and its surroundings.
#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/table.h"
#include "runtime/unicode.h"

extern char** environ;

namespace simple {
namespace {

// ---- Time

int64_t since_epoch_micros() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

Value now_seconds(Vm&, Value*, int) {
  return Value::of(static_cast<double>(since_epoch_micros()) * 1e-6);
}
Value now_micros(Vm&, Value*, int) { return Value::of(since_epoch_micros()); }
Value now_millis(Vm&, Value*, int) { return Value::of(since_epoch_micros() / 1000); }

// Of a clock that nobody sets: for durations.
Value now_nanos(Vm&, Value*, int) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return Value::of(
      int64_t{std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()});
}

// Ctrl-C ends the sleep early.
Value sleep(Vm&, Value* arguments, int) {
  const double millis = expect_number(arguments[0], "rt_sleep_ms", 1);
  if (!(millis > 0)) return Value();
  const double seconds = std::min(millis / 1000, 1e9);
  timespec duration{};
  duration.tv_sec = static_cast<time_t>(seconds);
  duration.tv_nsec = static_cast<long>((seconds - std::floor(seconds)) * 1e9);
  std::fflush(stdout);
  ::nanosleep(&duration, nullptr);
  return Value();
}

// rt_time_format(seconds, format, utc): as strftime writes it.
Value format_time(Vm& vm, Value* arguments, int) {
  const double seconds = expect_number(arguments[0], "rt_time_format", 1);
  const std::string format(expect_text(arguments[1], "rt_time_format", 2));
  if (!(std::fabs(seconds) < 1e15)) fail("E1005", "`rt_time_format` got no time");
  const auto time = static_cast<time_t>(std::floor(seconds));
  std::tm parts{};
  if (truthy(arguments[2])) {
    ::gmtime_r(&time, &parts);
  } else {
    ::localtime_r(&time, &parts);
  }
  if (format.empty()) return vm.text("");
  char buffer[1024];
  const size_t length = std::strftime(buffer, sizeof(buffer), format.c_str(), &parts);
  return vm.text(valid_utf8({buffer, length}));
}

// ---- Environment and arguments

std::string name_argument(const Value* arguments, const char* function) {
  std::string name(expect_text(arguments[0], function, 1));
  const bool usable = !name.empty() && name.find('=') == std::string::npos &&
                      name.find('\0') == std::string::npos;
  if (!usable)
    fail("E1005", "`" + name + "` cannot be the name of an environment variable");
  return name;
}

Value get_env(Vm& vm, Value* arguments, int) {
  const char* found = std::getenv(name_argument(arguments, "rt_env_get").c_str());
  return found == nullptr ? Value() : vm.text(valid_utf8(found));
}

Value set_env(Vm&, Value* arguments, int) {
  const std::string name = name_argument(arguments, "rt_env_set");
  const std::string value(expect_text(arguments[1], "rt_env_set", 2));
  return Value::of(::setenv(name.c_str(), value.c_str(), 1) == 0);
}

Value remove_env(Vm&, Value* arguments, int) {
  return Value::of(::unsetenv(name_argument(arguments, "rt_env_remove").c_str()) == 0);
}

Value all_env(Vm& vm, Value*, int) {
  Table* result = vm.heap().dict();
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    const size_t mark = std::min(line.find('='), line.size());
    const Value value = vm.text(valid_utf8(line.substr(std::min(mark + 1, line.size()))));
    *table_insert(vm, result, vm.text(valid_utf8(line.substr(0, mark)))) = value;
  }
  return Value::of(result);
}

Value arguments_of_program(Vm& vm, Value*, int) {
  Array* result = vm.heap().array(Elements::kValues, 0);
  for (const std::string& argument : vm.program_arguments()) {
    vm.heap().push(result, vm.text(valid_utf8(argument)));
  }
  return Value::of(result);
}

Value platform(Vm& vm, Value*, int) { return vm.text("linux"); }

Value cores(Vm&, Value*, int) {
  return Value::of(std::max<int64_t>(::sysconf(_SC_NPROCESSORS_ONLN), 1));
}

// ---- Standard streams

Value read_line(Vm& vm, Value*, int) {
  std::fflush(stdout);
  std::string line;
  return read_stdin_line(line) ? vm.text(valid_utf8(line)) : Value();
}

Value read_all(Vm& vm, Value*, int) {
  std::fflush(stdout);
  std::string bytes;
  char buffer[1 << 16];
  size_t count = 0;
  while ((count = std::fread(buffer, 1, sizeof(buffer), stdin)) != 0) {
    bytes.append(buffer, count);
  }
  return vm.text(valid_utf8(bytes));
}

Value flush(Vm&, Value*, int) {
  std::fflush(stdout);
  return Value();
}

// rt_terminal_is(n): whether 0, 1 or 2 (input, output, errors) is a terminal.
Value is_terminal(Vm&, Value* arguments, int) {
  const int64_t number = expect_integer(arguments[0], "rt_terminal_is", 1);
  return Value::of(number >= 0 && number <= 2 && ::isatty(static_cast<int>(number)) == 1);
}

// Columns; 80 if nobody knows.
Value terminal_width(Vm&, Value*, int) {
  winsize size{};
  for (const int stream : {1, 2}) {
    if (::ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) {
      return Value::of(int64_t{size.ws_col});
    }
  }
  return Value::of(int64_t{80});
}

const NativeSpec kFunctions[] = {
    {"rt_time_now_seconds", now_seconds, 0, 0},
    {"rt_time_now_unix_micros", now_micros, 0, 0},
    {"rt_time_now_nanos", now_nanos, 0, 0},
    {"rt_current_time_ms", now_millis, 0, 0},
    {"rt_time_format", format_time, 3, 3},
    {"rt_sleep_ms", sleep, 1, 1},
    {"rt_env_get", get_env, 1, 1},
    {"rt_env_set", set_env, 2, 2},
    {"rt_env_remove", remove_env, 1, 1},
    {"rt_env_all", all_env, 0, 0},
    {"rt_get_args", arguments_of_program, 0, 0},
    {"sys_get_args", arguments_of_program, 0, 0},
    {"rt_platform_name", platform, 0, 0},
    {"rt_platform_cores", cores, 0, 0},
    {"rt_stdin_read_line", read_line, 0, 0},
    {"rt_stdin_read_all", read_all, 0, 0},
    {"rt_stdout_flush", flush, 0, 0},
    {"rt_terminal_is", is_terminal, 1, 1},
    {"rt_terminal_width", terminal_width, 0, 0},
};

}  // namespace

bool read_stdin_line(std::string& line) {
  char* bytes = nullptr;
  size_t capacity = 0;
  const ssize_t length = ::getline(&bytes, &capacity, stdin);
  if (length >= 0) line.assign(bytes, static_cast<size_t>(length));
  std::free(bytes);
  if (line.ends_with('\n')) line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
  return length >= 0;
}

void define_system(Vm& vm) {
  define_all(vm, kFunctions);
  define_files(vm);
  define_processes(vm);
  define_math(vm);
}

}  // namespace simple
