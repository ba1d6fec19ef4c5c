// What happens when the library is loaded, and what it says of itself.
#include "simple_torch/library.h"

#include <cstdlib>
#include <cstring>
#include <string>

#include "autograd/engine.h"
#include "core/compat.h"
#include "core/guarded.h"
#include "core/platform.h"
#include "device/cuda.h"
#include "memory/block_cache.h"
#include "memory/cpu_allocator.h"
#include "memory/housekeeping.h"
#include "memory/runtime.h"
#include "operators/as_tensor.h"

namespace simple_torch {
namespace {

// The version of the libtorch in this process, in its own words; "" if it says none. It
// is looked up by name: a libtorch with the other C++ ABI has no such function, and one
// that is missed by the loader would end the process.
std::string loaded_version() {
#if defined(_GLIBCXX_USE_CXX11_ABI) && _GLIBCXX_USE_CXX11_ABI
  constexpr const char* kShowConfig = "_ZN2at11show_configB5cxx11Ev";
#else
  constexpr const char* kShowConfig = "_ZN2at11show_configEv";
#endif
  auto* const show_config =
      reinterpret_cast<std::string (*)()>(platform::find_symbol(kShowConfig));
  if (show_config == nullptr) return "of the other C++ ABI";
  const std::string config = show_config();
  constexpr std::string_view kKey = "TORCH_VERSION=";
  const size_t start = config.find(kKey);
  if (start == std::string::npos) return {};
  const size_t from = start + kKey.size();
  return config.substr(from, config.find_first_of(", \n", from) - from);
}

std::string major_minor(const std::string& version) {
  const size_t dot = version.find('.');
  return version.substr(0, dot == std::string::npos ? dot : version.find('.', dot + 1));
}

// Texts that live as long as the process: they are handed out as pointers.
struct Versions {
  std::string libtorch = loaded_version();
  std::string both;
  std::string refusal;

  Versions() {
    const std::string built_for = SIMPLE_TORCH_LIBTORCH_VERSION;
    if (libtorch.empty()) libtorch = built_for;
    both = "simple-torch " SIMPLE_TORCH_VERSION " (libtorch " + libtorch + ")";
    if (major_minor(libtorch) != major_minor(built_for)) {
      refusal = "this library was built for libtorch " + built_for +
                ", but the process has loaded libtorch " + libtorch +
                "; build simple-torch for that version, or load the other one first";
    }
  }
};

const Versions& versions() {
  static const Versions& immortal = *new Versions;
  return immortal;
}

// Runs when the library is loaded, before any of its functions can be called.
[[maybe_unused]] const bool loaded = [] {
  // What a fork must hold is there before any thread can fork: if one did while another
  // made it, the child would wait for ever for that to be finished.
  HandleTable::set_up();
  PerThread<CallState>::set_up();
  PerThread<BlockCache>::set_up();
  set_up_numbers();
  set_up_runtime();
  housekeeping::set_up();
  if (!versions().refusal.empty()) {
    set_refusal(versions().refusal.c_str());
    return true;
  }
  const char* const wanted = std::getenv("SIMPLE_TORCH_BACKTRACE");
  if (wanted == nullptr || std::strcmp(wanted, "1") != 0)
    compat::avoid_costly_backtraces();
  install_cpu_allocator();
  install_engine();
  load_cuda_if_present();
  return true;
}();

}  // namespace
}  // namespace simple_torch

int64_t simple_torch_available(void) {
  return simple_torch::refusal() == nullptr ? 1 : 0;
}

const char* simple_torch_version(void) { return simple_torch::versions().both.c_str(); }

int64_t simple_torch_abi_version(void) { return 1; }

const char* simple_torch_libtorch_version(void) {
  return simple_torch::versions().libtorch.c_str();
}
