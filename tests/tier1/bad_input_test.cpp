// Calls every exported function with values it cannot want. The table is made from the
// committed list of exports, and the compiler reads the types of the parameters off the
// headers, so a function that is added later is covered without a change here.
#include <sys/resource.h>

#include <chrono>
#include <set>

#include "support/hostile.h"

namespace {

using hostile::Arguments;
using hostile::Declaration;
using hostile::Stock;

// Sizes that would only make the test slow are to be refused. A sanitizer needs more
// address space than this and has a bound of its own, in main.cpp.
void bound_memory() {
  if (kSanitized) return;
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const auto used = static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE));
  const rlimit bound{used + (rlim_t{1} << 30), RLIM_INFINITY};
  setrlimit(RLIMIT_AS, &bound);
}

int64_t environment(const char* name, int64_t usual) {
  const char* const value = std::getenv(name);
  return value == nullptr ? usual : std::atoll(value);
}

// The switches of context.h, as they stand when the first is asked for.
const std::vector<int64_t>& first_switches() {
  static const std::vector<int64_t> switches = [] {
    std::vector<int64_t> found;
    for (int64_t which = 0; which <= SIMPLE_TORCH_SWITCH_CHECK_SPARSE; ++which) {
      found.push_back(simple_torch_context_switch(which));
    }
    return found;
  }();
  return switches;
}

void restore_context() {
  for (size_t which = 0; which < first_switches().size(); ++which) {
    simple_torch_context_set_switch(static_cast<int64_t>(which), first_switches()[which]);
  }
  static const int64_t threads = simple_torch_context_threads();
  simple_torch_context_set_threads(threads);
  simple_torch_context_flush_denormals(0);
  for (int64_t device = 0; device < 30; ++device) {
    simple_torch_autocast_set_enabled(device, 0);
  }
  simple_torch_autocast_set_cache_enabled(1);
  while (simple_torch_autocast_decrement_nesting() >= 0) {
  }
  simple_torch_autocast_clear_cache();
}

// What some functions change for all that follows.
void restore_settings() {
  simple_torch_runtime_attach(nullptr);
  simple_torch_memory_set_cache_limit(-1);
  simple_torch_memory_set_pressure(-1);
  simple_torch_memory_set_young(0);
  simple_torch_dtype_set_default(kFloat32);
  simple_torch_mode_leave(1);
  restore_context();
  simple_torch_mode_set(SIMPLE_TORCH_MODE_GRAD, 1);
  simple_torch_mode_set(SIMPLE_TORCH_MODE_ANOMALY, 0);
  simple_torch_mode_set(SIMPLE_TORCH_MODE_MULTITHREADING, 1);
  simple_torch_anomaly_set_where(nullptr, nullptr, nullptr);
}

struct Record {
  int64_t code = simple_torch_error_code();
  std::string message = simple_torch_error_message();
  std::string operation = simple_torch_error_operation();
  std::string argument = simple_torch_error_argument();
  bool operator==(const Record&) const = default;
};

// A record that no call under test can leave.
void leave_a_record(const Declaration& declaration) {
  if (declaration.name == "simple_torch_release") {
    simple_torch_tensor_ndim(0);
  } else {
    simple_torch_release(-1);
  }
}

void check_record(const Declaration& declaration, const Record& record) {
  const std::string& name = declaration.name;
  EXPECT_EQ(record.operation, name) << record.message;
  EXPECT_TRUE(record.message.starts_with(name + ": ")) << record.message;
  EXPECT_GT(record.message.size(), name.size() + 2);
  EXPECT_NE(record.code, SIMPLE_TORCH_E_INTERNAL) << record.message;
  const std::set<int64_t> about_an_argument = {
      SIMPLE_TORCH_E_BAD_HANDLE, SIMPLE_TORCH_E_STALE_HANDLE, SIMPLE_TORCH_E_WRONG_KIND,
      SIMPLE_TORCH_E_BAD_ARGUMENT};
  if (about_an_argument.contains(record.code) || !record.argument.empty()) {
    // The called operator's own arguments have names too.
    EXPECT_TRUE(name == "simple_torch_operator_call" ||
                declaration.has(record.argument) ||
                // A number's two slots go by the name they share.
                declaration.has(record.argument + "_bits"))
        << "'" << record.argument << "' is no parameter: " << record.message;
    EXPECT_TRUE(record.message.starts_with(name + ": " + record.argument + ": "))
        << record.message;
  }
}

template <typename R, typename... A>
void call_once(const Declaration& declaration, R (*function)(A...),
               Arguments<A...>& arguments, Stock& stock, int64_t alive) {
  const auto elements = stock.element_bits();
  hostile::destroyed = 0;
  leave_a_record(declaration);
  const Record before;
  const R result = std::apply(function, arguments.values);
  const Record after;

  bool failed = false;
  if constexpr (std::is_pointer_v<R>) {
    failed = result == nullptr;
  } else {
    // A code is what this function reports, not how it fails.
    const bool reads_code = declaration.name == "simple_torch_error_code";
    // Of this one's own failure there is no record either.
    const bool reads_backtrace = declaration.name == "simple_torch_error_backtrace";
    if (reads_backtrace && result < 0) {
      EXPECT_EQ(result, SIMPLE_TORCH_E_BAD_ARGUMENT);
      EXPECT_FALSE(arguments.out_parameters_changed());
    }
    failed = declaration.gives_handle ? result == 0
                                      : result < 0 && !reads_code && !reads_backtrace;
    if (failed && !declaration.gives_handle) {
      EXPECT_EQ(result, after.code) << after.message;
    }
  }
  if (failed) {
    EXPECT_FALSE(before == after) << "it failed without a record";
    check_record(declaration, after);
    EXPECT_FALSE(arguments.out_parameters_changed()) << after.message;
    EXPECT_EQ(elements, stock.element_bits())
        << "it changed its input: " << after.message;
    EXPECT_EQ(simple_torch_handle_live_count(0), alive) << after.message;
  } else {
    if (declaration.name != "simple_torch_error_clear") {
      EXPECT_TRUE(before == after) << "success left " << after.message;
    }
    if constexpr (std::is_same_v<R, int64_t>) {
      if (declaration.gives_handle) {
        const bool scope = simple_torch_handle_kind(result) == SIMPLE_TORCH_KIND_SCOPE;
        EXPECT_EQ(scope ? simple_torch_scope_end(result) : simple_torch_release(result),
                  0);
      }
    }
    arguments.release_results();
    simple_torch_runtime_poll();
    EXPECT_LE(simple_torch_handle_live_count(0), alive);
  }
  if (!failed && declaration.name.ends_with("_enter")) simple_torch_mode_leave(1);
  // Hooks keep what they are given; setting another one destroys the one before.
  const bool keeps = declaration.name.ends_with("_hook") ||
                     declaration.name == "simple_torch_anomaly_set_where";
  if (arguments.has_destroy() && (failed || !keeps)) {
    EXPECT_EQ(hostile::destroyed, 1) << after.message;
  }
}

template <typename R, typename... A>
void attack(const char* text, R (*function)(A...), int64_t rounds) {
  const Declaration declaration(text);
  ASSERT_EQ(declaration.parameters.size(), sizeof...(A)) << text;
  SCOPED_TRACE(text);
  const int64_t live_bytes = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  {
    Stock stock(std::hash<std::string>{}(declaration.name) +
                static_cast<uint64_t>(environment("SIMPLE_TORCH_TEST_SEED", 0)));
    Arguments<A...> arguments(declaration, stock);
    constexpr int64_t kSingleFaults = 60 * sizeof...(A);
    // What takes long, such as starting threads, is called less often.
    using Clock = std::chrono::steady_clock;
    const Clock::time_point end = Clock::now() + std::chrono::seconds(2);
    for (int64_t round = 0; round < kSingleFaults + rounds; ++round) {
      if (round >= kSingleFaults && Clock::now() > end) break;
      if (declaration.has("scope")) stock.scope = simple_torch_scope_begin();
      stock.renew();
      if (round < kSingleFaults) {
        arguments.set_one_bad(static_cast<size_t>(round / 60));
      } else {
        arguments.set_some_bad();
      }
      call_once(declaration, function, arguments, stock,
                simple_torch_handle_live_count(0));
      if (simple_torch_handle_kind(stock.scope) > 0) simple_torch_scope_end(stock.scope);
      if (testing::Test::HasFailure()) {
        ADD_FAILURE() << "in round " << round << " with "
                      << testing::PrintToString(arguments.values);
        return;
      }
      if (sizeof...(A) == 0 && round == 10) break;
    }
  }
  restore_settings();
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES), live_bytes);
}

TEST(BadInput, IsRefusedByEveryFunctionWithoutHarm) {
  bound_memory();
  restore_context();
  // A longer run, with other values: SIMPLE_TORCH_TEST_ROUNDS and SIMPLE_TORCH_TEST_SEED.
  const int64_t rounds =
      environment("SIMPLE_TORCH_TEST_ROUNDS", kSanitized ? 1000 : 5000);
#define EXPORT(function, declaration)     \
  attack(declaration, &function, rounds); \
  if (HasFailure()) return;
#include "exports.inc"
#undef EXPORT
}

// With good values for all the others, each parameter that is a handle.
template <typename R, typename... A>
void pass_bad_handles(const char* text, R (*function)(A...)) {
  if constexpr (sizeof...(A) > 0 && std::is_same_v<R, int64_t>) {
    const Declaration declaration(text);
    const bool frees =
        declaration.name.ends_with("_free") || declaration.name == "simple_torch_release";
    Stock stock(0);
    Arguments<A...> arguments(declaration, stock);
    for (size_t i = 0; i < sizeof...(A); ++i) {
      if (!declaration.handles[i]) continue;
      const std::string& parameter = declaration.parameters[i];
      SCOPED_TRACE(declaration.name + ", parameter " + parameter);
      const bool any_kind = parameter == "handle";
      const bool is_generator = parameter == "generator";
      // Of these there are live handles only within a callback, or none without a
      // file or a device, or they would go on with threads when the test has ended.
      if ((declaration.has("gradients") && parameter != "gradients") ||
          (declaration.has("packed") && parameter != "packed") ||
          (declaration.has("trace") && parameter != "trace") ||
          (declaration.has("package") && parameter != "package") ||
          (declaration.has("workers") && parameter != "workers") ||
          (declaration.has("event") && parameter != "event") ||
          (declaration.has("transfer") && parameter != "transfer")) {
        continue;
      }
      const bool may_be_none =
          frees || parameter == "grad" || parameter == "metadata" ||
          parameter == "keywords" || parameter == "parameters" ||
          (is_generator && !declaration.name.starts_with("simple_torch_generator_"));
      const std::pair<simple_torch_handle, int64_t> cases[] = {
          {may_be_none ? -1 : 0, SIMPLE_TORCH_E_BAD_HANDLE},
          {12345, SIMPLE_TORCH_E_BAD_HANDLE},
          {-1, SIMPLE_TORCH_E_BAD_HANDLE},
          {stock.freed_tensor, SIMPLE_TORCH_E_STALE_HANDLE},
          {any_kind       ? stock.freed_generator
           : is_generator ? stock.tensor()
                          : stock.generator(),
           any_kind ? SIMPLE_TORCH_E_STALE_HANDLE : SIMPLE_TORCH_E_WRONG_KIND},
      };
      for (const auto& each : cases) {
        // Not a structured binding: clang 14 lets no lambda see those.
        const simple_torch_handle handle = each.first;
        const int64_t code = each.second;
        if (declaration.has("scope")) stock.scope = simple_torch_scope_begin();
        arguments.set_good();
        [&]<size_t... I>(std::index_sequence<I...>) {
          (
              [&] {
                if constexpr (std::is_same_v<std::tuple_element_t<I, std::tuple<A...>>,
                                             int64_t>) {
                  if (I == i) std::get<I>(arguments.values) = handle;
                }
              }(),
              ...);
        }
        (std::index_sequence_for<A...>{});
        simple_torch_error_clear();
        EXPECT_LE(std::apply(function, arguments.values), 0);
        EXPECT_EQ(simple_torch_error_code(), code)
            << "for " << handle << ": " << simple_torch_error_message();
        EXPECT_EQ(simple_torch_error_argument(), parameter)
            << simple_torch_error_message();
        if (stock.scope != 0) simple_torch_scope_end(stock.scope);
      }
    }
  }
}

TEST(BadInput, OfEachKindOfWrongHandleIsToldApartByEveryFunction) {
#define EXPORT(function, declaration) pass_bad_handles(declaration, &function);
#include "exports.inc"
#undef EXPORT
}

}  // namespace
