// The cache of compiled modules: what it keeps, when it is not believed, and that nothing
// that lies in its folder can do harm.
#include "compile/cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "compile/engine.h"
#include "compile/stored.h"
#include "compile/verify.h"

namespace simple {
namespace {

namespace fs = std::filesystem;

// A bit of everything that an image can hold.
constexpr const char* kMany = R"(
use other.{twice}
enum Shape:
    Circle(radius: i64)
    Empty
struct Point:
    x: i64
    y: i64
trait Named:
    fn name() -> text
class Counter:
    count: i64 = 0
    items: [i64] = []
    me add(by: i64):
        self.count = self.count + by
        self.items.push(by)
impl Named for Counter:
    fn name() -> text: "counter"
extern fn rt_nothing_here(a: i64, b: [f64]) -> i64?
fn area(shape: Shape) -> i64:
    match shape:
        case Circle(r): r * r
        case Empty: 0
fn careful(n: i64) -> Result<i64, text>:
    defer: print("left")
    if n > 2: return Err("too much")
    Ok(n)
fn sum(first: i64, rest: i64..., ) -> i64:
    var total = first
    for r in rest: total = total + r
    total
var c = Counter(count: 1)
c.add(twice(4))
val points = [for i in 0..3: Point(x: i, y: -i)]
var seen = {"a": 1, "b": 2}
for (k, v) in seen: print("{k}={v:03d}")
val more = \x: x + c.count
print(more(1), area(Shape.Circle(3)), careful(2), careful(3).is_err(), points.len())
print(points[1:], c.name(), 0.5, "é", c.items)
)";

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class CacheTest : public testing::Test {
 protected:
  CacheTest() {
    std::string name = (fs::temp_directory_path() / "simple_cache_XXXXXX").string();
    folder_ = mkdtemp(name.data());
    write("simple.toml", "");
    write("other.spl", "fn twice(a: i64) -> i64: a * 2\n");
    options_.library = SIMPLE_HOST_LIBRARY;
    options_.cache = folder_ / "cache";
    options_.memory = uint64_t{256} << 20;
  }
  ~CacheTest() override {
    std::error_code error;
    fs::remove_all(folder_, error);
  }

  fs::path write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  struct Outcome {
    int status = -1;  // of exit()
    int signal = 0;   // that ended it
    std::string text;
    bool operator==(const Outcome&) const = default;
  };
  // In a process of its own, as every run is; a crash does not end the test.
  pid_t start(const fs::path& program, const fs::path& output) const {
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child != 0) return child;
    const int file = open(output.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(file, 1);
    dup2(file, 2);
    const rlimit seconds{3, 3};
    setrlimit(RLIMIT_CPU, &seconds);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    int status;
    {
      Engine engine(options_);
      status = engine.run_file(program.string(), {});
    }
    std::fflush(stdout);
    _exit(status);
  }
  static Outcome finish(pid_t child, const fs::path& output) {
    Outcome outcome;
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) outcome.status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    outcome.text = content(output);
    return outcome;
  }
  Outcome run(const fs::path& program) const {
    const fs::path output = folder_ / "output";
    return finish(start(program, output), output);
  }

  fs::path entry(const fs::path& source) const {
    return Cache(options_.cache).path(fs::canonical(source).string());
  }
  bool read(const fs::path& source, Cache::Entry& into) const {
    return Cache(options_.cache)
        .read(fs::canonical(source).string(), digest(content(source)), into);
  }
  // Which file lies there: one that was written again is another.
  static ino_t identity(const fs::path& path) {
    struct stat about {};
    return stat(path.c_str(), &about) == 0 ? about.st_ino : 0;
  }

  fs::path folder_;
  EngineOptions options_;
};

TEST(Digest, IsTheOneThatIsPublished) {
  EXPECT_EQ(hex(digest("")), "00000000000000000000000000000000");
  EXPECT_EQ(hex(digest("hello")), "cbd8a7b341bd9b025b1e906a48ae1d19");
  EXPECT_EQ(hex(digest("The quick brown fox jumps over the lazy dog")),
            "e34bbc7bbc071b6c7a433ca9c49a9347");
}

TEST_F(CacheTest, KeepsImagesAsTheyAre) {
  const fs::path program = write("many.spl", kMany);
  ASSERT_EQ(run(program).status, 0) << content(folder_ / "output");
  Cache::Entry entry;
  ASSERT_TRUE(read(program, entry));
  std::string bytes;
  store(entry.image, bytes);
  ModuleImage again;
  ASSERT_TRUE(restore(bytes, again));
  EXPECT_EQ(verify(again), nullptr);
  std::string bytes_again;
  store(again, bytes_again);
  EXPECT_EQ(bytes, bytes_again);
}

TEST_F(CacheTest, AProgramFromTheCacheDoesTheSameAndIsNotWrittenAgain) {
  const fs::path program = write("many.spl", kMany);
  const Outcome first = run(program);
  ASSERT_EQ(first.status, 0) << first.text;
  const ino_t kept = identity(entry(program));
  ASSERT_NE(kept, 0u);
  EXPECT_EQ(run(program), first);
  EXPECT_EQ(identity(entry(program)), kept);
}

TEST_F(CacheTest, MessagesOfAProgramFromTheCacheShowTheSource) {
  const fs::path program = write("fails.spl", "fn f(a):\n    a.nothing()\nf(1)\n");
  const Outcome first = run(program);
  EXPECT_EQ(first.status, 1);
  EXPECT_NE(first.text.find("a.nothing()"), std::string::npos) << first.text;
  EXPECT_EQ(run(program), first);
}

TEST_F(CacheTest, RefusesAnEntryThatEndsEarly) {
  const fs::path program = write("p.spl", "fn f(a): a + 1\nprint(f(1))\n");
  ASSERT_EQ(run(program).text, "2\n");
  const std::string bytes = content(entry(program));
  Cache::Entry entry;
  ASSERT_TRUE(read(program, entry));
  for (size_t length = 0; length < bytes.size(); ++length) {
    std::ofstream(this->entry(program), std::ios::binary) << bytes.substr(0, length);
    ASSERT_FALSE(read(program, entry)) << length;
  }
  EXPECT_EQ(run(program).text, "2\n");
  EXPECT_TRUE(read(program, entry));
}

TEST_F(CacheTest, RefusesAnEntryWithAByteChanged) {
  const fs::path program = write("p.spl", "fn f(a): a + 1\nprint(f(1))\n");
  ASSERT_EQ(run(program).text, "2\n");
  std::string bytes = content(entry(program));
  Cache::Entry entry;
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ (1 << i % 8));
    std::ofstream(this->entry(program), std::ios::binary) << bytes;
    ASSERT_FALSE(read(program, entry)) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ (1 << i % 8));
  }
}

// With a checksum that fits, so that only verify() and the machine are in the way.
TEST_F(CacheTest, AForgedEntryIsRefusedOrRunsWithoutACrash) {
  const fs::path program = write("many.spl", kMany);
  ASSERT_EQ(run(program).status, 0);
  Cache::Entry entry;
  ASSERT_TRUE(read(program, entry));
  std::string bytes;
  store(entry.image, bytes);
  std::minstd_rand random(1);
  const char* rounds = std::getenv("SIMPLE_CACHE_TEST_ROUNDS");
  int accepted = 0;
  for (int round = rounds == nullptr ? 400 : std::atoi(rounds); round > 0; --round) {
    std::string forged = bytes;
    for (auto changes = random() % 3 + 1; changes > 0; --changes) {
      const size_t at = random() % forged.size();
      // Small numbers are more often ones that name something.
      const auto value = random() % (random() % 2 == 0 ? 12 : 256);
      forged[at] = static_cast<char>(value);
    }
    ModuleImage image;
    if (!restore(forged, image) || verify(image) != nullptr) continue;
    ++accepted;
    Cache(options_.cache)
        .write(fs::canonical(program).string(), digest(content(program)), entry.inputs,
               image);
    const Outcome outcome = run(program);
    const bool in_time = outcome.signal == SIGXCPU || outcome.signal == SIGKILL;
    if (outcome.signal != 0 && !in_time) {
      std::ofstream("forged.module", std::ios::binary) << content(this->entry(program));
    }
    ASSERT_TRUE(outcome.signal == 0 || in_time)
        << "signal " << outcome.signal << " in round " << round << "\n"
        << outcome.text;
  }
  EXPECT_GT(accepted, 0);
}

// A failure would be handled again and again, Ctrl-C as well.
TEST_F(CacheTest, AHandlerThatLeadsBackToWhatItCoversIsEnteredOnce) {
  const fs::path program =
      write("p.spl", "fn f(a):\n    defer: print(\"left\")\n    a.nothing()\nf(1)\n");
  ASSERT_EQ(run(program).status, 1);
  Cache::Entry entry;
  ASSERT_TRUE(read(program, entry));
  int changed = 0;
  for (FunctionImage& function : entry.image.functions) {
    for (const HandlerImage& handler : function.handlers) {
      auto at = static_cast<size_t>(handler.target);
      // Two may lead to the same code.
      while (at < function.code.size() && function.code[at].op != Op::kRethrow) ++at;
      if (at == function.code.size()) continue;
      function.code[at] = {Op::kJumpBack, 0, 0, 0};
      function.code[at].set_wide(static_cast<int32_t>(handler.start) -
                                 static_cast<int32_t>(at) - 1);
      ++changed;
    }
  }
  ASSERT_GT(changed, 0);
  ASSERT_EQ(verify(entry.image), nullptr);
  Cache(options_.cache)
      .write(fs::canonical(program).string(), digest(content(program)), entry.inputs,
             entry.image);
  const Outcome outcome = run(program);
  EXPECT_EQ(outcome.signal, 0);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.text.substr(0, 5), "left\n");
}

TEST_F(CacheTest, ChangedSourceIsCompiledAnew) {
  const fs::path program = write("p.spl", "print(1)\n");
  EXPECT_EQ(run(program).text, "1\n");
  write("p.spl", "print(2)\n");
  EXPECT_EQ(run(program).text, "2\n");
  EXPECT_EQ(run(program).text, "2\n");
}

TEST_F(CacheTest, AModuleIsCompiledAnewWhenOneThatItImportsChanges) {
  write("low.spl", "enum E:\n    A\n    B\nfn f(a = 1, b = 2): a * 10 + b\n");
  write("middle.spl", "export use low.*\n");
  const fs::path program = write("p.spl", "use middle.*\nprint(f(b: 5), E.B)\n");
  EXPECT_EQ(run(program).text, "15 E::B\n");
  EXPECT_EQ(run(program).text, "15 E::B\n");
  write("low.spl", "enum E:\n    B\n    A\nfn f(b = 1, a = 2): a * 10 + b\n");
  EXPECT_EQ(run(program).text, "25 E::B\n");
  write("low.spl", "fn g(): 1\n");
  EXPECT_EQ(run(program).status, 1);
}

TEST_F(CacheTest, AModuleIsCompiledAnewWhenAnotherFileIsFoundForAnImport) {
  write("src/low.spl", "fn f(a, b): a - b\n");
  const fs::path program = write("p.spl", "use low.*\nprint(f(b: 5, a: 1))\n");
  EXPECT_EQ(run(program).text, "-4\n");
  write("low.spl", "fn f(b, a): b * 10 + a\n");
  EXPECT_EQ(run(program).text, "51\n");
}

TEST_F(CacheTest, ModulesThatImportEachOtherAreKept) {
  write("a.spl", "use b.*\nfn even(n): if n == 0: true else: odd(n - 1)\n");
  write("b.spl", "use a.*\nfn odd(n): if n == 0: false else: even(n - 1)\n");
  const fs::path program = write("p.spl", "use a.*\nprint(even(4))\n");
  EXPECT_EQ(run(program).text, "true\n");
  const ino_t kept = identity(entry(folder_ / "a.spl"));
  EXPECT_EQ(run(program).text, "true\n");
  EXPECT_EQ(identity(entry(folder_ / "a.spl")), kept);
}

TEST_F(CacheTest, ProgramsThatStartAtOnceDoNotDisturbEachOther) {
  const fs::path program = write("many.spl", kMany);
  options_.cache = folder_ / "elsewhere";
  const Outcome wanted = run(program);
  options_.cache = folder_ / "cache";
  std::vector<std::pair<pid_t, fs::path>> children;
  for (int i = 0; i < 12; ++i) {
    const fs::path output = folder_ / ("output" + std::to_string(i));
    children.emplace_back(start(program, output), output);
  }
  for (const auto& [child, output] : children) EXPECT_EQ(finish(child, output), wanted);
  Cache::Entry entry;
  EXPECT_TRUE(read(program, entry));
  // Nothing is left beside the entries.
  for (const auto& file : fs::directory_iterator(options_.cache)) {
    EXPECT_EQ(file.path().extension(), ".module");
  }
}

TEST_F(CacheTest, AFolderThatCannotBeWrittenIsLeftAlone) {
  const fs::path program = write("p.spl", "print(1)\n");
  options_.cache = write("file", "no folder") / "cache";
  EXPECT_EQ(run(program), (Outcome{0, 0, "1\n"}));
  options_.cache = folder_ / "closed";
  fs::create_directory(options_.cache);
  fs::permissions(options_.cache, fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(run(program), (Outcome{0, 0, "1\n"}));
}

TEST_F(CacheTest, ThingsInTheFolderThatAreNoFilesAreLeftAlone) {
  const fs::path program = write("p.spl", "print(1)\n");
  fs::create_directories(entry(program));
  EXPECT_EQ(run(program), (Outcome{0, 0, "1\n"}));
  fs::remove(entry(program));
  ASSERT_EQ(mkfifo(entry(program).c_str(), 0600), 0);
  EXPECT_EQ(run(program), (Outcome{0, 0, "1\n"}));
}

TEST_F(CacheTest, TheOldestEntriesGoFirst) {
  const fs::path first = write("a.spl", "print(1)\n");
  const fs::path second = write("b.spl", "print(2)\n");
  run(first);
  run(second);
  fs::last_write_time(entry(first),
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  uint64_t size = 0;
  for (const auto& file : fs::directory_iterator(options_.cache))
    size += file.file_size();
  const Cache cache(options_.cache);
  cache.shrink(size);
  EXPECT_TRUE(fs::exists(entry(first)));
  cache.shrink(size - 1);
  EXPECT_FALSE(fs::exists(entry(first)));
  EXPECT_TRUE(fs::exists(entry(second)));
}

TEST(CacheFolder, IsWhereTheEnvironmentSays) {
  const auto with = [](const char* own, const char* cache, const char* home) {
    own == nullptr ? unsetenv("SIMPLE_CACHE") : setenv("SIMPLE_CACHE", own, 1);
    cache == nullptr ? unsetenv("XDG_CACHE_HOME") : setenv("XDG_CACHE_HOME", cache, 1);
    home == nullptr ? unsetenv("HOME") : setenv("HOME", home, 1);
    return cache_folder_from_environment();
  };
  EXPECT_EQ(with("/own", "/cache", "/own/home"), "/own");
  EXPECT_EQ(with(nullptr, "/cache", "/own/home"), "/cache/simple");
  EXPECT_EQ(with("", "relative", "/own/home"), "/own/home/.cache/simple");
  EXPECT_EQ(with(nullptr, nullptr, nullptr), "");
  EXPECT_EQ(with("0", "/cache", "/own/home"), "");
  EXPECT_EQ(with("off", "/cache", "/own/home"), "");
}

}  // namespace
}  // namespace simple
