#include "device/cuda.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/Device.h>

#include <cstdlib>
#include <string_view>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/platform.h"
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

// Why libtorch_cuda is not there; "" if it is. Lives as long as the process.
std::string& absence() {
  static std::string& immortal = *new std::string;
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

}  // namespace

void load_cuda_if_present() { absence() = load(); }

std::string cuda_status() {
  if (!absence().empty()) return absence();
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
