// rt_process_…: other programs.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/builtins/arguments.h"
#include "runtime/unicode.h"

extern char** environ;

namespace simple {
namespace {

// An end of a pipe; closed at the end of its life.
class Descriptor {
 public:
  Descriptor() = default;
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void set(int number) { number_ = number; }
  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
      fail("", std::string("cannot make a pipe: ") + std::strerror(errno));
    }
    read_end.set(ends[0]);
    write_end.set(ends[1]);
  }
};

struct Outcome {
  std::string output;
  std::string errors;
  int status = 127;
};

// Takes what there is. False at the end of it.
bool take_some(Descriptor& from, std::string& to) {
  char buffer[1 << 16];
  const ssize_t count = ::read(from.get(), buffer, sizeof(buffer));
  if (count > 0) {
    to.append(buffer, static_cast<size_t>(count));
    return true;
  }
  return count < 0 && (errno == EINTR || errno == EAGAIN);
}

bool give_some(Descriptor& to, std::string_view& bytes) {
  const ssize_t count = ::write(to.get(), bytes.data(), bytes.size());
  if (count >= 0) {
    bytes.remove_prefix(static_cast<size_t>(count));
    return !bytes.empty();
  }
  return errno == EINTR || errno == EAGAIN;
}

// Feeds a program and reads what it writes, both at once, so that neither waits for ever.
// Ctrl-C ends the program as well.
void exchange(Vm& vm, pid_t process, Pipe& input, Pipe& output, Pipe& errors,
              std::string_view given, Outcome& result) {
  if (given.empty()) input.write_end.close();
  if (input.write_end.is_open()) ::fcntl(input.write_end.get(), F_SETFL, O_NONBLOCK);
  while (input.write_end.is_open() || output.read_end.is_open() ||
         errors.read_end.is_open()) {
    pollfd ends[] = {{input.write_end.get(), POLLOUT, 0},
                     {output.read_end.get(), POLLIN, 0},
                     {errors.read_end.get(), POLLIN, 0}};
    // Ctrl-C can come just before this starts to wait.
    constexpr int kMilliseconds = 200;
    if (::poll(ends, 3, kMilliseconds) < 0 && errno != EINTR) return;
    if (vm.is_to_stop()) {
      ::kill(process, SIGTERM);
      return;
    }
    if (ends[0].revents != 0 && !give_some(input.write_end, given))
      input.write_end.close();
    if (ends[1].revents != 0 && !take_some(output.read_end, result.output)) {
      output.read_end.close();
    }
    if (ends[2].revents != 0 && !take_some(errors.read_end, result.errors)) {
      errors.read_end.close();
    }
  }
}

int wait_for(Vm& vm, pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return 127;
    if (vm.is_to_stop()) ::kill(process, SIGTERM);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Outcome run_program(Vm& vm, std::vector<std::string>& words, std::string_view given) {
  Pipe input;
  Pipe output;
  Pipe errors;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.read_end.get(), 0);
  ::posix_spawn_file_actions_adddup2(&actions, output.write_end.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, errors.write_end.get(), 2);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::fflush(stdout);
  pid_t process = 0;
  const int error =
      ::posix_spawnp(&process, pointers[0], &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  Outcome result;
  if (error != 0) {
    result.errors = words[0] + ": " + std::strerror(error);
    return result;
  }
  input.read_end.close();
  output.write_end.close();
  errors.write_end.close();
  // A program that does not read its input must not end this one.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  exchange(vm, process, input, output, errors, given, result);
  std::signal(SIGPIPE, before);
  result.status = wait_for(vm, process);
  vm.check_stop();
  return result;
}

// rt_process_run(command, arguments[, input]) -> (stdout, stderr, status). Status 127: it
// could not be started, and stderr says why; 128 + n: a signal ended it.
Value run(Vm& vm, Value* arguments, int count) {
  std::vector<std::string> words{
      std::string(expect_text(arguments[0], "rt_process_run", 1))};
  if (given(arguments, count, 1)) {
    const Array* list = expect_array(arguments[1], "rt_process_run", 2);
    for (int64_t i = 0; i < list->length; ++i) words.push_back(display(vm, list->get(i)));
  }
  for (const std::string& word : words) {
    if (word.find('\0') != std::string::npos) {
      fail("E1005", "`rt_process_run` got an argument with a zero byte in it");
    }
  }
  const bool has_input = given(arguments, count, 2) && !arguments[2].is_nil();
  const std::string input(has_input ? expect_text(arguments[2], "rt_process_run", 3)
                                    : std::string_view());
  const Outcome outcome = run_program(vm, words, input);
  return vm.tuple({vm.text(valid_utf8(outcome.output)),
                   vm.text(valid_utf8(outcome.errors)),
                   Value::of(int64_t{outcome.status})});
}

Value id(Vm&, Value*, int) { return Value::of(int64_t{::getpid()}); }

const NativeSpec kFunctions[] = {
    {"rt_process_run", run, 1, 3},
    {"rt_process_id", id, 0, 0},
};

}  // namespace

void define_processes(Vm& vm) { define_all(vm, kFunctions); }

}  // namespace simple
