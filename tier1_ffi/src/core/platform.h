// Everything that differs between operating systems and is not memory layout: dynamic
// loading, thread exit, clocks, fork, page mapping. Other files call no system function,
// but for file.cpp, which opens and replaces files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

// A thread_local of a library that is loaded late costs a function call for each access
// unless it is told to live in the space that the loader keeps for such variables. That
// space is small: only pointers are put there.
#if defined(__linux__)
#define SIMPLE_TORCH_FAST_TLS __attribute__((tls_model("initial-exec")))
#else
#define SIMPLE_TORCH_FAST_TLS
#endif

// The few functions that every call goes through are inlined whatever the compiler thinks
// of their size.
#define SIMPLE_TORCH_HOT [[gnu::always_inline]] inline

namespace simple_torch::platform {

// Calls a function with a pointer when the thread that armed it ends. Made once, as a
// static; never destroyed.
class ThreadExit {
 public:
  explicit ThreadExit(void (*function)(void*));
  void arm(void* argument) const;

 private:
  uint64_t key_;
};

// Milliseconds of a clock that never goes back, good to a few, and cheap.
uint32_t coarse_milliseconds();

// Bytes of memory that this process can hope for: the machine's, or the container's.
size_t physical_memory();

// Pages from the system, aligned to 2 MiB and asked to be huge where whole 2 MiB fit;
// nullptr when there are none. `length` is a multiple of 64 KiB.
void* map_pages(size_t length);
void unmap_pages(void* pages, size_t length);

// Aligned to 64 bytes; nullptr when there is no memory.
void* allocate_aligned(size_t bytes);
void free_aligned(void* block);

// Makes every thread of the process pass a full memory fence; false if the system cannot.
bool fence_all_threads();

// The file name of a library: "libtorch_cuda.so", or with a version, "libcuda.so.1".
std::string library_file(const std::string& name, int version = 0);

// Loads a library for the whole process and keeps it; "" or why it failed.
std::string load_library(const std::string& path);

// The address of a symbol in what the process has loaded, or nullptr.
void* find_symbol(const char* name);

// The folder of the library that holds this address, or "".
std::string folder_of(const void* address);

// A thread that no signal of the program is delivered to.
struct Thread {
  uint64_t id = 0;
};
bool start_thread(Thread& thread, std::function<void()> work);
// A thread is either waited for or left alone, once.
void join_thread(const Thread& thread);
void leave_thread(const Thread& thread);

// Another one in the child of a fork.
int64_t process_id();

// Registers what happens around a fork: before, after in the parent, after in the child.
void around_fork(void (*before)(), void (*parent)(), void (*child)());

}  // namespace simple_torch::platform
