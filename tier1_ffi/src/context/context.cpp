// Exports of context.h.
#include "simple_torch/context.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/ops/is_vulkan_available.h>

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "core/arguments.h"
#include "core/compat_context.h"
#include "core/guarded.h"
#include "core/numbers.h"

namespace simple_torch {
namespace {

int thread_count(int64_t count) {
  const int64_t most = compat::most_threads();
  if (count < 1 || count > most) {
    fail_argument("count", "must be from 1 to " + std::to_string(most) + ", and is " +
                               std::to_string(count));
  }
  return static_cast<int>(count);
}

// ---- Features

// For what only some versions know.
template <typename Ask>
bool ask(Ask&& known) {
  if constexpr (std::is_invocable_v<Ask, at::Context&>) {
    return known(at::globalContext());
  } else {
    return false;
  }
}

bool has(int64_t feature) {
  switch (feature) {
    case SIMPLE_TORCH_FEATURE_OPENMP:
      return at::Context::hasOpenMP();
    case SIMPLE_TORCH_FEATURE_MKL:
      return at::Context::hasMKL();
    case SIMPLE_TORCH_FEATURE_MKLDNN:
      return at::Context::hasMKLDNN();
    case SIMPLE_TORCH_FEATURE_LAPACK:
      return at::Context::hasLAPACK();
    case SIMPLE_TORCH_FEATURE_MAGMA:
      return at::Context::hasMAGMA();
    case SIMPLE_TORCH_FEATURE_CUDA:
      return at::Context::hasCUDA();
    case SIMPLE_TORCH_FEATURE_CUDART:
      return at::Context::hasCUDART();
    case SIMPLE_TORCH_FEATURE_CUDNN:
      return at::detail::getCUDAHooks().hasCuDNN();
    case SIMPLE_TORCH_FEATURE_CUSOLVER:
      return at::Context::hasCuSOLVER();
    case SIMPLE_TORCH_FEATURE_HIP:
      return at::Context::hasHIP();
    case SIMPLE_TORCH_FEATURE_MPS:
      return at::Context::hasMPS();
    case SIMPLE_TORCH_FEATURE_XLA:
      return at::Context::hasXLA();
    case SIMPLE_TORCH_FEATURE_LAZY:
      return at::Context::hasLazy();
    case SIMPLE_TORCH_FEATURE_IPU:
      return at::Context::hasIPU();
    case SIMPLE_TORCH_FEATURE_XPU:
      return ask([](auto& c) -> decltype(c.hasXPU()) { return c.hasXPU(); });
    case SIMPLE_TORCH_FEATURE_VULKAN:
      return at::is_vulkan_available();
    case SIMPLE_TORCH_FEATURE_XNNPACK:
      return at::Context::isXNNPACKAvailable();
    case SIMPLE_TORCH_FEATURE_CUBLASLT:
      return ask([](auto& c) -> decltype(c.hasCuBLASLt()) { return c.hasCuBLASLt(); });
    case SIMPLE_TORCH_FEATURE_ROCM:
      return ask([](auto& c) -> decltype(c.hasROCM()) { return c.hasROCM(); });
    default:
      fail_argument("feature", "names none: " + std::to_string(feature));
  }
}

int64_t library_version(int64_t feature) {
  const auto& hooks = at::detail::getCUDAHooks();
  switch (feature) {
    case SIMPLE_TORCH_FEATURE_CUDNN:
      return hooks.hasCuDNN() ? int64_t{hooks.versionCuDNN()} : 0;
    case SIMPLE_TORCH_FEATURE_CUDART:
      return hooks.hasCUDART() ? int64_t{hooks.versionCUDART()} : 0;
    default:
      fail_argument("feature",
                    "is " + std::to_string(feature) + ", of which there is no version");
  }
}

// ---- Texts

std::string text(int64_t which) {
  switch (which) {
    case SIMPLE_TORCH_TEXT_BUILD:
      return at::show_config();
    case SIMPLE_TORCH_TEXT_PARALLEL:
      return at::get_parallel_info();
    case SIMPLE_TORCH_TEXT_MKL:
      return at::get_mkl_version();
    case SIMPLE_TORCH_TEXT_MKLDNN:
      return at::get_mkldnn_version();
    case SIMPLE_TORCH_TEXT_OPENMP:
      return at::get_openmp_version();
    case SIMPLE_TORCH_TEXT_CXX_FLAGS:
      return at::get_cxx_flags();
    case SIMPLE_TORCH_TEXT_CPU_CAPABILITY:
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 0)
      return at::get_cpu_capability();
#else
      fail(Code::kUnsupported, "which", "is a text that this libtorch has not");
#endif
    default:
      fail_argument("which", "names no text: " + std::to_string(which));
  }
}

// ---- Switches

struct Switch {
  int64_t number;
  int64_t most;
  int64_t (*get)(at::Context&) = nullptr;
  void (*set)(at::Context&, int64_t) = nullptr;
};

// A switch of two lambdas that are called with the context, the second with a value too.
// Those that do not go with this libtorch's context make one that is not there.
template <typename Get, typename Set>
Switch make(int64_t number, Get, Set, int64_t most = 1) {
  // A truth value: with a number, functions that take an optional one would take it too.
  if constexpr (std::is_invocable_v<Get, at::Context&> &&
                std::is_invocable_v<Set, at::Context&, bool>) {
    return {number, most,
            [](at::Context& context) { return compat::number_of_switch(Get()(context)); },
            [](at::Context& context, int64_t value) {
              if constexpr (std::is_invocable_v<Set, at::Context&, int>) {
                Set()(context, static_cast<int>(value));
              } else {
                Set()(context, value != 0);
              }
            }};
  } else {
    return {number, most};
  }
}

constexpr const char* kPrecisions[] = {"highest", "high", "medium"};

int64_t deterministic(const at::Context& context) {
  if (!context.deterministicAlgorithms()) return 0;
  return context.deterministicAlgorithmsWarnOnly() ? 1 : 2;
}

const std::vector<Switch>& switches() {
  static const auto& immortal = *new std::vector<Switch>{
      {SIMPLE_TORCH_SWITCH_DETERMINISTIC, 2,
       [](at::Context& c) { return deterministic(c); },
       [](at::Context& c, int64_t value) {
         c.setDeterministicAlgorithms(value != 0, value == 1);
       }},
      make(
          SIMPLE_TORCH_SWITCH_FILL_UNINITIALIZED,
          [](auto& c) -> decltype(c.deterministicFillUninitializedMemory()) {
            return c.deterministicFillUninitializedMemory();
          },
          [](auto& c,
             bool on) -> decltype(c.setDeterministicFillUninitializedMemory(on)) {
            return c.setDeterministicFillUninitializedMemory(on);
          }),
      {SIMPLE_TORCH_SWITCH_MATMUL_PRECISION, 2,
       [](at::Context& c) {
         return compat::number_of_switch(c.float32MatmulPrecision());
       },
       [](at::Context& c, int64_t value) {
         c.setFloat32MatmulPrecision(std::string(kPrecisions[value]));
       }},
      make(
          SIMPLE_TORCH_SWITCH_CUBLAS_TF32,
          [](auto& c) -> decltype(c.allowTF32CuBLAS()) { return c.allowTF32CuBLAS(); },
          [](auto& c, bool on) -> decltype(c.setAllowTF32CuBLAS(on)) {
            return c.setAllowTF32CuBLAS(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_CUDNN_TF32,
          [](auto& c) -> decltype(c.allowTF32CuDNN()) { return c.allowTF32CuDNN(); },
          [](auto& c, bool on) -> decltype(c.setAllowTF32CuDNN(on)) {
            return c.setAllowTF32CuDNN(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_MKLDNN_TF32,
          [](auto& c) -> decltype(c.allowTF32OneDNN()) { return c.allowTF32OneDNN(); },
          [](auto& c, bool on) -> decltype(c.setAllowTF32OneDNN(on)) {
            return c.setAllowTF32OneDNN(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_CUDNN,
          [](auto& c) -> decltype(c.userEnabledCuDNN()) { return c.userEnabledCuDNN(); },
          [](auto& c, bool on) -> decltype(c.setUserEnabledCuDNN(on)) {
            return c.setUserEnabledCuDNN(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_CUDNN_BENCHMARK,
          [](auto& c) -> decltype(c.benchmarkCuDNN()) { return c.benchmarkCuDNN(); },
          [](auto& c, bool on) -> decltype(c.setBenchmarkCuDNN(on)) {
            return c.setBenchmarkCuDNN(on);
          }),
      {SIMPLE_TORCH_SWITCH_CUDNN_BENCHMARK_LIMIT, INT32_MAX,
       [](at::Context& c) { return int64_t{c.benchmarkLimitCuDNN()}; },
       [](at::Context& c, int64_t value) {
         c.setBenchmarkLimitCuDNN(static_cast<int>(value));
       }},
      make(
          SIMPLE_TORCH_SWITCH_CUDNN_DETERMINISTIC,
          [](auto& c) -> decltype(c.deterministicCuDNN()) {
            return c.deterministicCuDNN();
          },
          [](auto& c, bool on) -> decltype(c.setDeterministicCuDNN(on)) {
            return c.setDeterministicCuDNN(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_MKLDNN,
          [](auto& c) -> decltype(c.userEnabledMkldnn()) {
            return c.userEnabledMkldnn();
          },
          [](auto& c, bool on) -> decltype(c.setUserEnabledMkldnn(on)) {
            return c.setUserEnabledMkldnn(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_MKLDNN_DETERMINISTIC,
          [](auto& c) -> decltype(c.deterministicMkldnn()) {
            return c.deterministicMkldnn();
          },
          [](auto& c, bool on) -> decltype(c.setDeterministicMkldnn(on)) {
            return c.setDeterministicMkldnn(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_NNPACK,
          [](auto& c) -> decltype(c.userEnabledNNPACK()) {
            return c.userEnabledNNPACK();
          },
          [](auto& c, bool on) -> decltype(c.setUserEnabledNNPACK(on)) {
            return c.setUserEnabledNNPACK(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_SDP_FLASH,
          [](auto& c) -> decltype(c.userEnabledFlashSDP()) {
            return c.userEnabledFlashSDP();
          },
          [](auto& c, bool on) -> decltype(c.setSDPUseFlash(on)) {
            return c.setSDPUseFlash(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_SDP_MEMORY_EFFICIENT,
          [](auto& c) -> decltype(c.userEnabledMemEfficientSDP()) {
            return c.userEnabledMemEfficientSDP();
          },
          [](auto& c, bool on) -> decltype(c.setSDPUseMemEfficient(on)) {
            return c.setSDPUseMemEfficient(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_SDP_MATH,
          [](auto& c) -> decltype(c.userEnabledMathSDP()) {
            return c.userEnabledMathSDP();
          },
          [](auto& c, bool on) -> decltype(c.setSDPUseMath(on)) {
            return c.setSDPUseMath(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_SDP_CUDNN,
          [](auto& c) -> decltype(c.userEnabledCuDNNSDP()) {
            return c.userEnabledCuDNNSDP();
          },
          [](auto& c, bool on) -> decltype(c.setSDPUseCuDNN(on)) {
            return c.setSDPUseCuDNN(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_FLOAT16_REDUCTION,
          [](auto& c) -> decltype(compat::allows_reduction(
                          c.allowFP16ReductionCuBLAS())) {
            return compat::allows_reduction(c.allowFP16ReductionCuBLAS());
          },
          [](auto& c, bool on) -> decltype(c.setAllowFP16ReductionCuBLAS(on)) {
            return c.setAllowFP16ReductionCuBLAS(on);
          }),
      make(
          SIMPLE_TORCH_SWITCH_BFLOAT16_REDUCTION,
          [](auto& c) -> decltype(compat::allows_reduction(
                          c.allowBF16ReductionCuBLAS())) {
            return compat::allows_reduction(c.allowBF16ReductionCuBLAS());
          },
          [](auto& c, bool on) -> decltype(c.setAllowBF16ReductionCuBLAS(on)) {
            return c.setAllowBF16ReductionCuBLAS(on);
          }),
      {SIMPLE_TORCH_SWITCH_QUANTIZED_ENGINE, 4,
       [](at::Context& c) { return static_cast<int64_t>(c.qEngine()); },
       [](at::Context& c, int64_t value) {
         c.setQEngine(static_cast<at::QEngine>(value));
       }},
      make(
          SIMPLE_TORCH_SWITCH_CHECK_SPARSE,
          [](auto& c) -> decltype(c.checkSparseTensorInvariants()) {
            return c.checkSparseTensorInvariants();
          },
          [](auto& c, bool on) -> decltype(c.setCheckSparseTensorInvariants(on)) {
            return c.setCheckSparseTensorInvariants(on);
          }),
  };
  return immortal;
}

const Switch& switch_of(int64_t which) {
  for (const Switch& each : switches()) {
    if (each.number != which) continue;
    if (each.get == nullptr) {
      fail(Code::kUnsupported, "which", "is a switch that this libtorch has not");
    }
    return each;
  }
  fail_argument("which", "names no switch: " + std::to_string(which));
}

std::vector<int64_t> quantized_engines() {
  std::vector<int64_t> engines;
  for (const at::QEngine each : at::Context::supportedQEngines()) {
    engines.push_back(static_cast<int64_t>(each));
  }
  return engines;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_context_threads(void) {
  return guarded([] { return int64_t{at::get_num_threads()}; });
}

int64_t simple_torch_context_set_threads(int64_t count) {
  return guarded([&] { at::set_num_threads(thread_count(count)); });
}

int64_t simple_torch_context_interop_threads(void) {
  return guarded([] { return static_cast<int64_t>(at::get_num_interop_threads()); });
}

int64_t simple_torch_context_set_interop_threads(int64_t count) {
  return guarded([&] { at::set_num_interop_threads(thread_count(count)); });
}

int64_t simple_torch_context_has(int64_t feature) {
  return guarded([&] { return has(feature); });
}

int64_t simple_torch_context_library_version(int64_t feature) {
  return guarded([&] { return library_version(feature); });
}

int64_t simple_torch_context_text(int64_t which, char* buffer, int64_t capacity) {
  return guarded([&] { return write_text(text(which), buffer, capacity, "buffer"); });
}

int64_t simple_torch_context_switch(int64_t which) {
  return guarded([&] { return switch_of(which).get(at::globalContext()); });
}

int64_t simple_torch_context_set_switch(int64_t which, int64_t value) {
  return guarded([&] {
    const Switch& wanted = switch_of(which);
    if (value < 0 || value > wanted.most) {
      fail_argument("value", "must be from 0 to " + std::to_string(wanted.most) +
                                 ", and is " + std::to_string(value));
    }
    if (which == SIMPLE_TORCH_SWITCH_QUANTIZED_ENGINE) {
      const std::vector<int64_t> engines = quantized_engines();
      if (std::find(engines.begin(), engines.end(), value) == engines.end()) {
        fail(Code::kUnsupported, "value", "is an engine that this libtorch has not");
      }
    }
    at::Context& context = at::globalContext();
    const int64_t before = wanted.get(context);
    wanted.set(context, value);
    // Some stay off where the processor cannot do it.
    if (wanted.get(context) != value) {
      fail(Code::kUnsupported, "value", "cannot be had of this libtorch here");
    }
    return before;
  });
}

int64_t simple_torch_context_quantized_engines(int64_t* engines_out, int64_t capacity) {
  return guarded([&] {
    const std::vector<int64_t> engines = quantized_engines();
    if (capacity != 0) copy_out(engines, engines_out, capacity, "engines_out");
    return std::ssize(engines);
  });
}

int64_t simple_torch_context_flush_denormals(int64_t enabled) {
  return guarded(
      [&] { return at::Context::setFlushDenormal(truth(enabled, "enabled")); });
}
