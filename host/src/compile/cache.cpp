#include "compile/cache.h"

#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "compile/stored.h"
#include "compile/verify.h"

namespace simple {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kMostTogether = uint64_t{256} << 20;
constexpr off_t kMostOfOne = off_t{1} << 30;
// One of so many writes looks whether the folder has become too large.
constexpr uint64_t kWritesPerShrink = 64;

struct Header {
  char magic[8];
  Digest host;
  Digest source;
  Digest inputs;
  Digest checksum;  // Of the rest, and of this header with none.
};
constexpr char kMagic[8] = {'S', 'i', 'm', 'p', 'l', 'e', 'M', '1'};
static_assert(std::has_unique_object_representations_v<Header>);

Digest checksum(Header header, std::string_view rest) {
  header.checksum = {};
  return digest(rest, digest({reinterpret_cast<const char*>(&header), sizeof header}));
}

// The identity that the linker gave to this executable, which is a digest of it.
int find_build_id(dl_phdr_info* info, size_t, void* result) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const char* at = reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr);
    size_t left = segment.p_memsz;
    ElfW(Nhdr) note;
    while (left >= sizeof note) {
      std::memcpy(&note, at, sizeof note);
      const size_t name = (note.n_namesz + 3u) & ~size_t{3};
      const size_t size = sizeof note + name + ((note.n_descsz + 3u) & ~size_t{3});
      if (size > left) break;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
          std::memcmp(at + sizeof note, "GNU", 4) == 0) {
        static_cast<std::string*>(result)->assign(at + sizeof note + name, note.n_descsz);
        return 1;
      }
      at += size;
      left -= size;
    }
  }
  return 1;  // The executable comes first; libraries do not matter.
}

// What the host is: images of another one are not understood.
const Digest& host() {
  static const Digest known = [] {
    std::string id;
    dl_iterate_phdr(find_build_id, &id);
    struct stat about {};
    if (id.empty() && stat("/proc/self/exe", &about) == 0) {
      id = std::to_string(about.st_size) + ' ' + std::to_string(about.st_mtim.tv_sec) +
           ' ' + std::to_string(about.st_mtim.tv_nsec);
    }
    return digest(id);
  }();
  return known;
}

class File {
 public:
  File(const fs::path& path, int flags)
      : number_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (number_ >= 0) close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool is_open() const { return number_ >= 0; }

  // All of it. Code runs with the rights of whoever reads it, so that others may not have
  // written it.
  bool read_all(std::string& bytes) const {
    struct stat about {};
    if (fstat(number_, &about) != 0 || !S_ISREG(about.st_mode)) return false;
    if (about.st_uid != geteuid() && about.st_uid != 0) return false;
    if (about.st_size > kMostOfOne) return false;
    bytes.resize(static_cast<size_t>(about.st_size));
    for (size_t done = 0; done < bytes.size();) {
      const ssize_t count = ::read(number_, bytes.data() + done, bytes.size() - done);
      if (count <= 0) return false;
      done += static_cast<size_t>(count);
    }
    return true;
  }
  bool write_all(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::write(number_, bytes.data(), bytes.size());
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }

 private:
  int number_;
};

}  // namespace

fs::path cache_folder_from_environment() {
  if (const char* folder = std::getenv("SIMPLE_CACHE");
      folder != nullptr && *folder != 0) {
    const std::string_view text = folder;
    return text == "0" || text == "off" ? fs::path() : fs::path(text);
  }
  // The standard of these variables has relative ones ignored.
  if (const char* folder = std::getenv("XDG_CACHE_HOME");
      folder != nullptr && *folder == '/') {
    return fs::path(folder) / "simple";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return fs::path(home) / ".cache/simple";
  }
  return {};
}

fs::path Cache::path(const std::string& key) const {
  return folder_ / (hex(digest(key, host())) + ".module");
}

bool Cache::read(const std::string& key, Digest source, Entry& entry) const {
  if (folder_.empty()) return false;
  const File file(path(key), O_RDONLY | O_NONBLOCK);
  if (!file.is_open()) return false;
  try {
    std::string bytes;
    Header header;
    if (!file.read_all(bytes) || bytes.size() < sizeof header) return false;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0 || header.host != host() ||
        header.source != source) {
      return false;
    }
    const std::string_view rest = std::string_view(bytes).substr(sizeof header);
    if (header.checksum != checksum(header, rest) || !restore(rest, entry.image))
      return false;
    entry.inputs = header.inputs;
    return verify(entry.image) == nullptr;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void Cache::write(const std::string& key, Digest source, Digest inputs,
                  const ModuleImage& image) const {
  if (folder_.empty()) return;
  std::error_code error;
  if (!fs::exists(folder_, error)) {
    fs::create_directories(folder_, error);
    if (error) return;
    fs::permissions(folder_, fs::perms::owner_all, error);
  }
  std::string bytes(sizeof(Header), '\0');
  store(image, bytes);
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.host = host();
  header.source = source;
  header.inputs = inputs;
  header.checksum = checksum(header, std::string_view(bytes).substr(sizeof header));
  std::memcpy(bytes.data(), &header, sizeof header);

  const fs::path place = path(key);
  fs::path beside = place;
  beside += '.' + std::to_string(getpid());
  {
    const File file(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!file.is_open()) return;
    if (!file.write_all(bytes)) {
      unlink(beside.c_str());
      return;
    }
  }
  if (rename(beside.c_str(), place.c_str()) != 0) unlink(beside.c_str());
  if (header.checksum.first % kWritesPerShrink == 0) shrink(kMostTogether);
}

void Cache::shrink(uint64_t bytes) const {
  struct Known {
    fs::file_time_type time;
    uint64_t size;
    fs::path path;
  };
  std::vector<Known> entries;
  uint64_t together = 0;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end;
       at.increment(error)) {
    // Only what has our name; also what a process that was killed left beside its place.
    if (at->path().filename().string().find(".module") != 32) continue;
    std::error_code gone;
    const Known entry{at->last_write_time(gone), at->file_size(gone), at->path()};
    if (gone) continue;
    together += entry.size;
    entries.push_back(entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](const Known& a, const Known& b) { return a.time < b.time; });
  for (const Known& entry : entries) {
    if (together <= bytes) return;
    fs::remove(entry.path, error);
    together -= entry.size;
  }
}

}  // namespace simple
