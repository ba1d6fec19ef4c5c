#include "device/cuda.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/Device.h>

#include <cstdlib>
#include <string_view>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/platform.h"
#include "cuda/cuda.h"
#include "cuda/room.h"
#include "device/device.h"
#include "simple_torch/library.h"

namespace simple_torch {
namespace {

enum class Wish { kIfPresent, kNever, kDemanded };

Wish wish() {
  const char* const given = std::getenv("SIMPLE_TORCH_CUDA");
  const std::string_view text = given == nullptr ? "" : given;
  return text == "0" ? Wish::kNever : text == "1" ? Wish::kDemanded : Wish::kIfPresent;
}

// Why something is not there; "" if it is.
struct Absence {
  std::string libtorch_cuda;
  std::string own_library;
};

// Lives as long as the process.
Absence& absence() {
  static Absence& immortal = *new Absence;
  return immortal;
}

std::string load() {
  if (wish() == Wish::kNever) return "SIMPLE_TORCH_CUDA=0 forbids CUDA";
  const std::string no_driver = platform::load_library(platform::library_file("cuda", 1));
  if (!no_driver.empty()) return "this machine has no NVIDIA driver (" + no_driver + ")";
  const std::string file = platform::library_file("torch_cuda");
  const std::string folder =
      platform::folder_of(reinterpret_cast<const void*>(&c10::GetCPUAllocator));
  const std::string beside = platform::load_library(folder + "/" + file);
  if (beside.empty()) return {};
  if (platform::load_library(file).empty()) return {};
  return "libtorch_cuda could not be loaded (" + beside + ")";
}

// The library for CUDA lies beside this one.
std::string load_own_library() {
  const std::string file = platform::library_file("simple_torch_ffi_cuda");
  const std::string folder =
      platform::folder_of(reinterpret_cast<const void*>(&load_cuda_if_present));
  const std::string why = platform::load_library(folder + "/" + file);
  if (!why.empty()) return file + " could not be loaded (" + why + ")";
  const auto entry = reinterpret_cast<CudaEntry>(platform::find_symbol(kCudaEntry));
  if (entry == nullptr) return folder + "/" + file + " is not simple-torch's";
  const CudaLibrary& library = *entry();
  if (std::string_view(library.built_for) != kCudaBuiltFor) {
    return folder + "/" + file + " was built for " + library.built_for +
           ", and this library for " + kCudaBuiltFor;
  }
  set_cuda_provider(library.open(kCudaHost));
  return {};
}

}  // namespace

void load_cuda_if_present() {
  absence().libtorch_cuda = load();
  if (absence().libtorch_cuda.empty()) absence().own_library = load_own_library();
}

std::string cuda_functions_status() {
  return absence().own_library.empty() ? cuda_status() : absence().own_library;
}

std::string cuda_status() {
  if (!absence().libtorch_cuda.empty()) return absence().libtorch_cuda;
  const int64_t count = device_count(c10::DeviceType::CUDA);
  if (count == 0) return "the NVIDIA driver finds no usable device";
  return "CUDA can be used on " + std::to_string(count) + " device" +
         (count == 1 ? "" : "s");
}

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_cuda_available(void) {
  return guarded([] {
    const bool available = device_count(c10::DeviceType::CUDA) > 0;
    if (!available && wish() == Wish::kDemanded) {
      fail(Code::kUnsupported, "",
           "SIMPLE_TORCH_CUDA=1 demands CUDA, but " + cuda_status());
    }
    return available;
  });
}

int64_t simple_torch_cuda_status(char* buffer, int64_t capacity) {
  return guarded([&] { return write_text(cuda_status(), buffer, capacity, "buffer"); });
}
