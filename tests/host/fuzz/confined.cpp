#include "confined.h"

#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <streambuf>
#include <vector>

#include "compile/cache.h"
#include "runtime/failure.h"
#include "runtime/operations.h"

namespace simple::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMemory = uint64_t{64} << 20;
constexpr long kMilliseconds = 300;

// What a program must not get at, by how the names begin.
constexpr std::string_view kRefused[] = {
    "rt_file_",     "rt_dir_",         "rt_path_absolute",
    "rt_process_",  "rt_env_",         "rt_stdin_",
    "rt_sleep_ms",  "rt_spec_group_",  "rt_spec_example_",
    "rt_spec_wait", "rt_spec_outside", "rt_spec_decide",
    "input"};
constexpr std::string_view kPrinting[] = {"print",  "println",  "print_raw", "eprint",
                                          "dprint", "eprintln", "eprint_raw"};

Value refuse(Vm&, Value*, int) { fail("E1005", "this is out of reach"); }

// The texts are made, as what they are made from is the program's.
Value drop(Vm& vm, Value* arguments, int count) {
  const std::vector<Value> values(arguments, arguments + count);
  for (const Value& value : values) display(vm, value);
  return Value();
}

bool begins_with_any(std::string_view name) {
  return std::any_of(std::begin(kRefused), std::end(kRefused),
                     [&](std::string_view start) { return name.starts_with(start); });
}

void confine(Vm& vm) {
  static std::deque<std::string> names;
  static const std::vector<NativeSpec> specs = [&] {
    std::vector<NativeSpec> made;
    for (const auto& [symbol, value] : vm.natives()) {
      const std::string_view name = text_of(symbol);
      const bool prints = std::find(std::begin(kPrinting), std::end(kPrinting), name) !=
                          std::end(kPrinting);
      if (!is(value, Kind::kNative) || (!prints && !begins_with_any(name))) continue;
      names.emplace_back(name);
      made.push_back({names.back().c_str(), prints ? drop : refuse, 0, -1});
    }
    return made;
  }();
  vm.define(specs.data(), specs.size());
}

void write(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary)
      .write(text.data(), static_cast<std::streamsize>(text.size()));
}

// In memory, where the system has such a folder: each input is a file.
class Folder {
 public:
  Folder() {
    std::error_code error;
    const fs::path memory = "/dev/shm";
    const fs::path parent =
        fs::is_directory(memory, error) ? memory : fs::temp_directory_path();
    std::string name = (parent / "simple-fuzz-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = fs::canonical(name);
    write(path_ / "simple.toml", "");
    write(path_ / "other.spl",
          "fn twice(a): a + a\nval seven = 7\nclass Box:\n    value: i64\n"
          "    me put(v): self.value = v\nenum Side:\n    Left\n    Right(by: i64)\n"
          "trait Shown:\n    fn shown() -> text: \"shown\"\n");
    fs::create_directory(path_ / "pack");
    write(path_ / "pack/__init__.spl", "export use other.*\n");
    write(path_ / "pack/inner.spl", "use program.*\nfn inner(f): f(1)\n");
    // Nothing of the surroundings counts, and errors are nobody's business.
    for (const char* name_of_one :
         {"SIMPLE_SFFI_PATH", "SIMPLE_SFFI_BUILD_PATH", "SIMPLE_SFFI_BUILD_COMMAND",
          "SIMPLE_SPEC_REPORT_FD"}) {
      unsetenv(name_of_one);
    }
    std::cerr.rdbuf(nullptr);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

const Folder& folder() {
  static const Folder made;
  return made;
}

Vm* running = nullptr;

// Ends the program that runs when it has used so much of the processor, and goes on doing
// so: what was deferred could run for ever as well.
class Limit {
 public:
  explicit Limit(Vm& vm) {
    running = &vm;
    struct sigaction action {};
    action.sa_handler = [](int) {
      if (running != nullptr) running->request_stop();
    };
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGPROF, &action, nullptr);
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGPROF;
    if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer_) != 0) std::abort();
    itimerspec when{};
    when.it_value.tv_nsec = kMilliseconds * 1'000'000;
    when.it_interval.tv_nsec = 20'000'000;
    timer_settime(timer_, 0, &when, nullptr);
  }
  ~Limit() {
    timer_delete(timer_);
    running = nullptr;
  }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  timer_t timer_{};
};

}  // namespace

const fs::path& program_path() {
  static const fs::path path = folder().path() / "program.spl";
  return path;
}

const fs::path& cache_path() {
  static const fs::path path = folder().path() / "cache";
  return path;
}

void put_program(std::string_view text) {
  write(program_path(), text);
  unlink(Cache(cache_path()).path(program_path().string()).c_str());
}

std::unique_ptr<Engine> confined_engine() {
  EngineOptions options;
  options.library = SIMPLE_HOST_LIBRARY;
  options.cache = cache_path();
  options.memory = kMemory;
  auto engine = std::make_unique<Engine>(std::move(options));
  confine(engine->vm());
  return engine;
}

void run_confined() {
  const auto engine = confined_engine();
  const Limit limit(engine->vm());
  engine->run_file(program_path().string(), {});
}

}  // namespace simple::fuzz
