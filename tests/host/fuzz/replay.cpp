// What libFuzzer does, as far as the tests need it, for any compiler: calls the entry
// with each file of the folders, then for some seconds with what it makes from them. The
// same inputs come in the same order every time.
//
//   <target>_replay [--seconds N] [--seed N] [--words FILE] [--programs FOLDER] PATH…
//
// A target may have libFuzzer's LLVMFuzzerCustomMutator; then it makes them.
//
// Of the folder of programs it takes the .spl files, of others everything. Inputs of more
// than 16 kB are called, but nothing is made from them.
//
// The input in hand is kept in the file <target>_replay.input of the current folder,
// which is there afterwards only if something crashed.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" __attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t* data,
                                                                size_t size, size_t most,
                                                                unsigned seed);

namespace {

namespace fs = std::filesystem;

// The bytes outlive this process, however it ends.
class LastInput {
 public:
  LastInput(fs::path path, size_t size) : path_(std::move(path)), size_(size) {
    file_ = open(path_.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600);
    if (file_ < 0) std::abort();
    bytes_ = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    if (bytes_ == MAP_FAILED) std::abort();
  }
  ~LastInput() {
    munmap(bytes_, size_);
    close(file_);
    unlink(path_.c_str());
  }
  LastInput(const LastInput&) = delete;
  LastInput& operator=(const LastInput&) = delete;
  void keep(const std::string& input) {
    const size_t length = std::min(input.size(), size_);
    if (ftruncate(file_, static_cast<off_t>(length)) != 0) std::abort();
    std::memcpy(bytes_, input.data(), length);
  }

 private:
  fs::path path_;
  size_t size_;
  int file_ = -1;
  void* bytes_ = nullptr;
};

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void add_files(std::vector<fs::path>& files, const fs::path& folder,
               const std::string& ending) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(ending)) {
      files.push_back(entry.path());
    }
  }
}

// The words of a dictionary of libFuzzer: "…" on a line, with \\, \" and \xAB.
std::vector<std::string> read_words(const fs::path& path) {
  std::vector<std::string> words;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find('"');
    const size_t last = line.rfind('"');
    if (line.starts_with('#') || first == std::string::npos || last == first) continue;
    std::string word;
    for (size_t i = first + 1; i < last; ++i) {
      if (line[i] != '\\') {
        word += line[i];
      } else if (line[i + 1] == 'x') {
        word += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
        i += 3;
      } else {
        word += line[++i];
      }
    }
    words.push_back(word);
  }
  return words;
}

class Changer {
 public:
  Changer(const std::vector<std::string>& inputs, const std::vector<std::string>& words,
          uint64_t seed)
      : inputs_(inputs), words_(words), random_(seed) {}

  std::string next() {
    std::string input = pick(inputs_);
    if (LLVMFuzzerCustomMutator == nullptr) {
      change_often(input);
    } else {
      const size_t size = input.size();
      input.resize(size + kRoom);
      input.resize(LLVMFuzzerCustomMutator(reinterpret_cast<uint8_t*>(input.data()), size,
                                           input.size(),
                                           static_cast<unsigned>(random_())));
    }
    return input;
  }
  void change_often(std::string& input) {
    for (size_t left = below(6) + 1; left > 0; --left) change(input);
  }

 private:
  // What an input may grow by.
  static constexpr size_t kRoom = 1 << 14;

  // Not the library's distributions, which differ between libraries.
  size_t below(size_t end) { return end == 0 ? 0 : random_() % end; }
  const std::string& pick(const std::vector<std::string>& from) {
    return from[below(from.size())];
  }
  static size_t line_start(const std::string& text, size_t at) {
    const size_t found = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    return found == std::string::npos ? 0 : found + 1;
  }
  static std::string line_at(const std::string& text, size_t at) {
    const size_t start = line_start(text, at);
    return text.substr(start, text.find('\n', start) - start) + "\n";
  }

  void change(std::string& input) {
    const size_t at = below(input.size() + 1);
    const size_t length = below(below(4) == 0 ? 64 : 5) + 1;
    switch (below(10)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(random_());
        break;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 2:
        input.erase(at, length);
        break;
      case 3:
        input.insert(at, input.substr(below(input.size() + 1), length));
        break;
      case 4:
        if (!words_.empty()) input.insert(at, pick(words_));
        break;
      case 5:
        if (!words_.empty()) input.replace(at, length, pick(words_));
        break;
      case 6: {
        const std::string& other = pick(inputs_);
        input.insert(line_start(input, at), line_at(other, below(other.size() + 1)));
        break;
      }
      case 7: {
        const size_t start = line_start(input, at);
        input.erase(start, line_at(input, at).size());
        break;
      }
      case 8: {
        const std::string& other = pick(inputs_);
        input.replace(at, length, other.substr(below(other.size() + 1), below(40) + 1));
        break;
      }
      default:
        input.insert(at, std::to_string(static_cast<int64_t>(random_() >> below(64))));
    }
  }

  const std::vector<std::string>& inputs_;
  const std::vector<std::string>& words_;
  std::mt19937_64 random_;
};

// The one that a target's own mutator asks.
Changer* changing = nullptr;

}  // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most) {
  std::string input(reinterpret_cast<const char*>(data), size);
  changing->change_often(input);
  const size_t made = std::min(input.size(), most);
  std::memcpy(data, input.data(), made);
  return made;
}

int main(int count, char** arguments) {
  double seconds = 0;
  uint64_t seed = 1;
  constexpr size_t kMost = 16 << 10;
  std::vector<std::string> words;
  std::vector<fs::path> files;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    if (word == "--seconds") {
      seconds = std::atof(arguments[++i]);
    } else if (word == "--seed") {
      seed = std::strtoull(arguments[++i], nullptr, 10);
    } else if (word == "--words") {
      words = read_words(arguments[++i]);
    } else if (word == "--programs") {
      add_files(files, arguments[++i], ".spl");
    } else if (fs::is_directory(word)) {
      add_files(files, word, "");
    } else {
      files.emplace_back(word);
    }
  }
  if (files.empty()) {
    std::fputs("There is nothing to replay.\n", stderr);
    return 2;
  }
  std::sort(files.begin(), files.end());

  const std::string name = fs::path(*arguments).filename().string();
  LastInput last(name + ".input", size_t{1} << 20);
  std::vector<std::string> inputs;
  const auto run = [&](const std::string& input) {
    last.keep(input);
    // A copy of the exact size: what is read behind it is seen by the sanitizers.
    const std::vector<uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  };
  for (const fs::path& file : files) {
    const std::string input = content(file);
    run(input);
    if (input.size() <= kMost) inputs.push_back(input);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto passed = [&] {
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    return time.count();
  };
  Changer changer(inputs, words, seed);
  changing = &changer;
  size_t changed = 0;
  for (; passed() < seconds; ++changed) run(changer.next());
  std::printf("%zu files, %zu changed inputs\n", files.size(), changed);
  return 0;
}
