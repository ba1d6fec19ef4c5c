// Children are watched by one poll() over their pipes and a pipe of our own, into which
// the signal handlers write: SIGCHLD when one ends, SIGINT and the like when all of this
// should.
#include "cli/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <thread>

extern "C" char** environ;

namespace simple {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read, write;
};

// Neither end is inherited; the reading one does not block.
bool make_pipe(Pipe& pipe) {
  int ends[2];
#ifdef __linux__
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
#else
  if (::pipe(ends) != 0) return false;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  pipe.read = Descriptor(ends[0]);
  pipe.write = Descriptor(ends[1]);
  return true;
}

// The writing end of the pipe that wakes the loop; the handlers need it in a global.
volatile sig_atomic_t wake_number = -1;
volatile sig_atomic_t stop_signal = 0;

extern "C" void on_signal(int number) {
  const int saved = errno;
  if (number != SIGCHLD) stop_signal = number;
  const char byte = 0;
  if (wake_number >= 0) {
    // A full pipe wakes just as well.
    [[maybe_unused]] const auto written = write(wake_number, &byte, 1);
  }
  errno = saved;
}

// Handles signals while it lives.
class Signals {
 public:
  explicit Signals(const Pipe& wake) {
    fcntl(wake.write.number(), F_SETFL, O_NONBLOCK);
    stop_signal = 0;
    wake_number = wake.write.number();
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < kCount; ++i) sigaction(kNumbers[i], &action, &before_[i]);
  }
  ~Signals() {
    for (size_t i = 0; i < kCount; ++i) sigaction(kNumbers[i], &before_[i], nullptr);
    wake_number = -1;
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  static constexpr size_t kCount = 4;
  static constexpr int kNumbers[kCount] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP};
  struct sigaction before_[kCount];
};

struct Child {
  size_t index = 0;
  pid_t process = 0;
  Descriptor pipes[3];  // output, errors, report
  ChildOutcome outcome;
  Clock::time_point start;
  Clock::time_point deadline = Clock::time_point::max();

  std::string& sink(size_t pipe) {
    return pipe == 0 ? outcome.output : pipe == 1 ? outcome.errors : outcome.report;
  }
  // Takes what is there.
  void drain(size_t pipe) {
    char bytes[16384];
    while (pipes[pipe].is_open()) {
      const ssize_t count = read(pipes[pipe].number(), bytes, sizeof(bytes));
      if (count > 0) {
        sink(pipe).append(bytes, static_cast<size_t>(count));
      } else if (count < 0 && errno == EINTR) {
        continue;
      } else {
        if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) pipes[pipe].close();
        return;
      }
    }
  }
};

// A file that holds the text and is gone when it is closed; open for reading at its
// start.
Descriptor file_with(const std::string& text) {
  if (text.empty()) return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
  std::FILE* file = std::tmpfile();
  if (file == nullptr) return {};
  const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size() &&
                     std::fflush(file) == 0;
  Descriptor result(whole ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 0) : -1);
  std::fclose(file);
  if (result.is_open()) lseek(result.number(), 0, SEEK_SET);
  return result;
}

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view own = *entry;
    const auto name = own.substr(0, own.find('=') + 1);
    const bool replaced = std::any_of(
        added.begin(), added.end(),
        [&](const std::string& it) { return !name.empty() && it.starts_with(name); });
    if (!replaced) result.emplace_back(own);
  }
  result.insert(result.end(), added.begin(), added.end());
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// Starts the command in a session of its own, without a terminal. On failure the outcome
// says why.
void start(Child& child, ChildCommand command) {
  Pipe output, errors, report;
  const bool reports = !command.report_variable.empty();
  const Descriptor input = file_with(command.input);
  if (!input.is_open() || !make_pipe(output) ||
      (!command.join_errors && !make_pipe(errors)) || (reports && !make_pipe(report))) {
    child.outcome.not_started = std::strerror(errno);
    return;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.number(), 0);
  posix_spawn_file_actions_adddup2(&actions, output.write.number(), 1);
  posix_spawn_file_actions_adddup2(
      &actions, (command.join_errors ? output : errors).write.number(), 2);
  if (reports) {
    // Any number that is not one of the three and not the pipe's own, which would stay
    // closed at the program's start.
    const int number = report.write.number() == 3 ? 4 : 3;
    posix_spawn_file_actions_adddup2(&actions, report.write.number(), number);
    command.environment.push_back(command.report_variable + "=" + std::to_string(number));
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t reset;
  sigemptyset(&reset);
  for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGPIPE})
    sigaddset(&reset, number);
  posix_spawnattr_setsigdefault(&attributes, &reset);
  posix_spawnattr_setflags(
      &attributes, static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF));

  std::vector<std::string> environment = environment_with(command.environment);
  // Before it: the child may be at work, or done, when the call is back.
  child.start = Clock::now();
  const int status = posix_spawn(
      &child.process, command.arguments.front().c_str(), &actions, &attributes,
      pointers(command.arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0) {
    child.process = 0;
    child.outcome.not_started = command.arguments.front() + ": " + std::strerror(status);
    return;
  }
  child.pipes[0] = std::move(output.read);
  child.pipes[1] = std::move(errors.read);
  child.pipes[2] = std::move(report.read);
  if (command.seconds > 0) {
    child.deadline = child.start + std::chrono::duration_cast<Clock::duration>(
                                       std::chrono::duration<double>(command.seconds));
  }
}

// The number of the session that a process of /proc is in, or -1.
pid_t session_of(const std::string& process) {
  std::FILE* file = std::fopen(("/proc/" + process + "/stat").c_str(), "re");
  if (file == nullptr) return -1;
  char text[512];
  const size_t count = std::fread(text, 1, sizeof(text) - 1, file);
  std::fclose(file);
  text[count] = '\0';
  // The name before the state may hold anything, even brackets.
  const char* after_name = std::strrchr(text, ')');
  int parent = 0, group = 0, session = -1;
  if (after_name == nullptr ||
      std::sscanf(after_name + 1, " %*c %d %d %d", &parent, &group, &session) != 3) {
    return -1;
  }
  return session;
}

// Kills the child and what it has started: its group, and where that can be known, what
// has made a group of its own since.
void kill_all(const Child& child) {
  if (child.process <= 0) return;
  kill(-child.process, SIGKILL);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (session_of(name) == child.process) {
      kill(static_cast<pid_t>(std::atol(name.c_str())), SIGKILL);
    }
  }
}

// Whether the child has ended. Then what it left running is killed, too, and its output
// taken.
bool ended(Child& child) {
  siginfo_t info{};
  int status;
  // It stays a zombie at first, so that its group's number is still its own.
  do {
    status = waitid(P_PID, static_cast<id_t>(child.process), &info,
                    WEXITED | WNOHANG | WNOWAIT);
  } while (status != 0 && errno == EINTR);
  if (status == 0 && info.si_pid == 0) return false;
  kill(-child.process, SIGKILL);
  int word = 0;
  pid_t waited;
  do {
    waited = waitpid(child.process, &word, 0);
  } while (waited < 0 && errno == EINTR);
  for (size_t pipe = 0; pipe < 3; ++pipe) child.drain(pipe);
  child.outcome.seconds =
      std::chrono::duration<double>(Clock::now() - child.start).count();
  const bool exited = waited > 0 && WIFEXITED(word);
  child.outcome.status = exited ? WEXITSTATUS(word) : -1;
  child.outcome.signal = waited > 0 && WIFSIGNALED(word) ? WTERMSIG(word) : 0;
  return true;
}

// Kills what is left when the loop is left, whatever the reason.
class Running {
 public:
  Running() = default;
  ~Running() {
    for (auto& child : children) kill_all(*child);
    for (auto& child : children) {
      while (waitpid(child->process, nullptr, 0) < 0 && errno == EINTR) continue;
    }
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  std::vector<std::unique_ptr<Child>> children;
};

// Waits until a pipe has something, a child ends, a signal comes or a deadline is over.
void wait_for_something(Running& running, const Pipe& wake) {
  std::vector<pollfd> watched{{wake.read.number(), POLLIN, 0}};
  std::vector<std::pair<Child*, size_t>> owners{{nullptr, 0}};
  auto deadline = Clock::time_point::max();
  for (auto& child : running.children) {
    deadline = std::min(deadline, child->deadline);
    for (size_t pipe = 0; pipe < 3; ++pipe) {
      if (!child->pipes[pipe].is_open()) continue;
      watched.push_back({child->pipes[pipe].number(), POLLIN, 0});
      owners.emplace_back(child.get(), pipe);
    }
  }
  int milliseconds = -1;
  if (deadline != Clock::time_point::max()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    milliseconds = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1000000));
  }
  if (poll(watched.data(), static_cast<nfds_t>(watched.size()), milliseconds) <= 0)
    return;
  for (size_t i = 1; i < watched.size(); ++i) {
    if (watched[i].revents != 0) owners[i].first->drain(owners[i].second);
  }
  char bytes[64];
  while (read(wake.read.number(), bytes, sizeof(bytes)) > 0) continue;
}

}  // namespace

int run_children(size_t count, size_t parallel,
                 const std::function<ChildCommand(size_t)>& command,
                 const std::function<bool(size_t, ChildOutcome&)>& done) {
  Pipe wake;
  if (!make_pipe(wake)) {
    for (size_t i = 0; i < count; ++i) {
      ChildOutcome outcome;
      outcome.not_started = std::strerror(errno);
      if (!done(i, outcome)) break;
    }
    return 0;
  }
  const Signals signals(wake);
  Running running;
  size_t next = 0;
  while (stop_signal == 0 && (next < count || !running.children.empty())) {
    while (next < count && running.children.size() < std::max<size_t>(1, parallel)) {
      auto child = std::make_unique<Child>();
      child->index = next++;
      start(*child, command(child->index));
      if (child->process > 0) {
        running.children.push_back(std::move(child));
      } else {
        child->outcome.status = -1;
        if (!done(child->index, child->outcome)) return 0;
      }
    }
    if (running.children.empty()) continue;
    wait_for_something(running, wake);
    const auto now = Clock::now();
    for (size_t i = 0; i < running.children.size();) {
      Child& child = *running.children[i];
      if (now >= child.deadline) {
        child.outcome.timed_out = true;
        child.deadline = Clock::time_point::max();
        kill_all(child);
      }
      if (!ended(child)) {
        ++i;
        continue;
      }
      const auto over = std::move(running.children[i]);
      running.children.erase(running.children.begin() + static_cast<ptrdiff_t>(i));
      if (!done(over->index, over->outcome)) return 0;
    }
  }
  return stop_signal;
}

size_t available_cores() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) {
    return std::max<size_t>(1, static_cast<size_t>(CPU_COUNT(&set)));
  }
#endif
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace simple
