#include "core/platform.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <utility>

#include "core/environment.h"

#if defined(__linux__)
#include <linux/membarrier.h>
#endif

namespace simple_torch::platform {

ThreadExit::ThreadExit(void (*function)(void*)) : key_(0) {
  pthread_key_t key{};
  if (pthread_key_create(&key, function) == 0) key_ = uint64_t{key} + 1;
}

void ThreadExit::arm(void* argument) const {
  // Without a key the object outlives its thread: a leak of a few hundred bytes.
  if (key_ != 0) pthread_setspecific(static_cast<pthread_key_t>(key_ - 1), argument);
}

uint32_t coarse_milliseconds() {
#if defined(CLOCK_MONOTONIC_COARSE)
  constexpr clockid_t kClock = CLOCK_MONOTONIC_COARSE;
#else
  constexpr clockid_t kClock = CLOCK_MONOTONIC;
#endif
  timespec now{};
  clock_gettime(kClock, &now);
  return static_cast<uint32_t>(now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
}

size_t physical_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  size_t bytes = pages > 0 && page > 0
                     ? static_cast<size_t>(pages) * static_cast<size_t>(page)
                     : size_t{1} << 30;
  size_t limit = 0;
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> limit && limit < bytes) bytes = limit;
  return bytes;
}

void* map_pages(size_t length) {
  constexpr size_t kHuge = size_t{2} << 20;
  if (length > SIZE_MAX - kHuge) return nullptr;
  void* const raw = mmap(nullptr, length + kHuge, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) return nullptr;
  const uintptr_t start = reinterpret_cast<uintptr_t>(raw);
  const uintptr_t aligned = (start + kHuge - 1) / kHuge * kHuge;
  const size_t before = aligned - start;
  if (before > 0) munmap(raw, before);
  munmap(reinterpret_cast<void*>(aligned + length), kHuge - before);
  void* const pages = reinterpret_cast<void*>(aligned);
#if defined(MADV_HUGEPAGE)
  madvise(pages, length / kHuge * kHuge, MADV_HUGEPAGE);
#endif
  return pages;
}

void unmap_pages(void* pages, size_t length) { munmap(pages, length); }

void* allocate_aligned(size_t bytes) {
  void* block = nullptr;
  return posix_memalign(&block, 64, bytes) == 0 ? block : nullptr;
}

void free_aligned(void* block) { std::free(block); }

bool fence_all_threads() {
#if defined(__linux__)
  static const bool registered =
      syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
  return registered &&
         syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
#else
  return false;
#endif
}

std::string library_file(const std::string& name, int version) {
  return "lib" + name + ".so" + (version == 0 ? "" : "." + std::to_string(version));
}

std::string load_library(const std::string& path) {
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) return {};
  const char* const why = dlerror();
  return why != nullptr ? why : "unknown error";
}

void set_environment(const char* name, const char* value) { setenv(name, value, 0); }

void* find_symbol(const char* name) { return dlsym(RTLD_DEFAULT, name); }

std::string folder_of(const void* address) {
  Dl_info info{};
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return {};
  const std::string path = info.dli_fname;
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

bool start_thread(Thread& thread, std::function<void()> work) {
  static_assert(sizeof(pthread_t) <= sizeof(thread.id));
  auto owned = std::make_unique<std::function<void()>>(std::move(work));
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t started{};
  const auto run = [](void* argument) -> void* {
    const std::unique_ptr<std::function<void()>> mine(
        static_cast<std::function<void()>*>(argument));
    (*mine)();
    return nullptr;
  };
  const bool ok = pthread_create(&started, nullptr, run, owned.get()) == 0;
  if (ok) owned.release();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  thread.id = (uint64_t)started;
  return ok;
}

void join_thread(const Thread& thread) { pthread_join((pthread_t)thread.id, nullptr); }
void leave_thread(const Thread& thread) { pthread_detach((pthread_t)thread.id); }

int64_t process_id() { return getpid(); }

void around_fork(void (*before)(), void (*parent)(), void (*child)()) {
  pthread_atfork(before, parent, child);
}

}  // namespace simple_torch::platform
