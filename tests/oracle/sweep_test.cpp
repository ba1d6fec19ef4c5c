// Every operator that can be called with arguments made from its schema is called twice
// with the same ones: directly, through libtorch's dispatcher, and through its C
// function. Results, and arguments that are written to, must be the same bit for bit, in
// all the modes that a thread can be in; so must the gradients, which are computed by
// libtorch's engine for the direct call, and for the other by a walk in this thread where
// that can be.
//
// libtorch does not survive some of its own internal operators: the calls run in child
// processes, and where one dies, the next goes on behind it.
#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "autograd/quick_walk.h"
#include "c_call.h"
#include "compare.h"
#include "core/compat.h"
#include "inputs.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch::oracle {
namespace {

// Autocast was a switch for each device with a name of its own.
void set_autocast(bool on) {
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 4)
  at::autocast::set_autocast_enabled(at::kCPU, on);
#else
  at::autocast::set_cpu_enabled(on);
#endif
  if (!on) at::autocast::clear_cache();
}

struct Mode {
  const char* name;
  bool inputs_require_grad;
  std::function<void(const std::function<void()>&)> run;
};

const std::vector<Mode>& modes() {
  static const std::vector<Mode> all = {
      {"plain", false, [](const auto& body) { body(); }},
      {"requires_grad", true, [](const auto& body) { body(); }},
      {"no_grad", true,
       [](const auto& body) {
         const at::NoGradGuard guard;
         body();
       }},
      {"inference", false,
       [](const auto& body) {
         const c10::InferenceMode guard;
         body();
       }},
      {"autocast", false,
       [](const auto& body) {
         set_autocast(true);
         try {
           body();
         } catch (...) {
           set_autocast(false);
           throw;
         }
         set_autocast(false);
       }},
      {"deterministic", false,
       [](const auto& body) {
         at::globalContext().setDeterministicAlgorithms(true, true);
         try {
           body();
         } catch (...) {
           at::globalContext().setDeterministicAlgorithms(false, false);
           throw;
         }
         at::globalContext().setDeterministicAlgorithms(false, false);
       }},
  };
  return all;
}

struct Call {
  std::vector<c10::IValue> arguments;
  std::vector<c10::IValue> results;
  std::string failure;
};

std::vector<c10::IValue> copies(const std::vector<c10::IValue>& values) {
  std::vector<c10::IValue> all;
  for (const c10::IValue& each : values) all.push_back(copied(each));
  return all;
}

void require_gradients(const at::Tensor& tensor) {
  if (tensor.defined() && (tensor.is_floating_point() || tensor.is_complex())) {
    tensor.set_requires_grad(true);
  }
}

void require_gradients(std::vector<c10::IValue>& values,
                       const c10::FunctionSchema& schema) {
  for (size_t i = 0; i < values.size(); ++i) {
    const auto* const alias = schema.arguments()[i].alias_info();
    if (alias != nullptr && alias->isWrite()) continue;
    if (values[i].isTensor()) require_gradients(values[i].toTensor());
    if (values[i].isTensorList()) {
      for (const at::Tensor& each : values[i].toTensorVector()) require_gradients(each);
    }
  }
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// What libtorch itself gives.
Call direct_call(const c10::OperatorHandle& operation,
                 std::vector<c10::IValue> arguments) {
  Call call;
  call.arguments = std::move(arguments);
  at::manual_seed(5);
  c10::Stack stack(call.arguments.begin(), call.arguments.end());
  try {
    operation.callBoxed(stack);
    for (size_t i = 0; i < stack.size(); ++i) {
      const auto* const alias = operation.schema().returns()[i].alias_info();
      if (alias != nullptr && alias->isWrite()) continue;
      call.results.push_back(stack[i]);
    }
  } catch (const c10::Error& error) {
    call.failure = first_line(error.what_without_backtrace());
  } catch (const std::exception& error) {
    call.failure = first_line(error.what());
  }
  return call;
}

Call c_call(void* function, const DeclaredForm& form,
            std::vector<c10::IValue> arguments) {
  Call call;
  call.arguments = std::move(arguments);
  at::manual_seed(5);
  CResult result = call_c(function, form, call.arguments);
  call.results = std::move(result.values);
  if (result.code != 0) {
    call.failure = result.message;
    if (result.operation != c_name_of(form.schema())) {
      throw std::runtime_error("the error record names " + result.operation);
    }
  }
  return call;
}

std::string grad_function(const c10::IValue& value) {
  if (!value.isTensor() || !value.toTensor().defined()) return "";
  const auto& node = value.toTensor().grad_fn();
  return node == nullptr ? "" : node->name();
}

// "" or how the two calls differ.
std::string call_difference(const c10::FunctionSchema& schema, const Call& direct,
                            const Call& through_c, bool contents) {
  if (direct.results.size() != through_c.results.size()) return "the number of results";
  for (size_t i = 0; i < direct.results.size(); ++i) {
    const std::string text =
        difference(direct.results[i], through_c.results[i], contents);
    if (!text.empty()) return "result " + std::to_string(i) + ": " + text;
    if (grad_function(direct.results[i]) != grad_function(through_c.results[i])) {
      return "grad_fn: " + grad_function(direct.results[i]) + " and " +
             grad_function(through_c.results[i]);
    }
  }
  for (size_t i = 0; i < direct.arguments.size(); ++i) {
    const auto* const alias = schema.arguments()[i].alias_info();
    if (alias == nullptr || !alias->isWrite()) continue;
    const std::string text =
        difference(direct.arguments[i], through_c.arguments[i], contents);
    if (!text.empty()) {
      return "argument " + schema.arguments()[i].name() + ": " + text;
    }
  }
  return "";
}

// What can be run backwards from, or to.
template <typename Wanted>
void collect(const c10::IValue& value, const Wanted& wanted,
             std::vector<at::Tensor>& all) {
  const auto collect_one = [&](const at::Tensor& tensor) {
    if (tensor.defined() && tensor.requires_grad() && wanted(tensor)) {
      all.push_back(tensor);
    }
  };
  if (value.isTensor()) collect_one(value.toTensor());
  if (value.isTensorList()) {
    for (const at::Tensor& each : value.toTensorVector()) collect_one(each);
  }
}

struct Gradients {
  std::vector<c10::IValue> values;
  std::string failure;
  bool walked = false;
};

// Of all that a call gave, with respect to all that it was given.
Gradients gradients_of(const Call& call, bool may_walk) {
  std::vector<at::Tensor> roots;
  std::vector<at::Tensor> leaves;
  const auto is_made = [](const at::Tensor& tensor) { return !tensor.is_leaf(); };
  const auto is_leaf = [](const at::Tensor& tensor) { return tensor.is_leaf(); };
  for (const c10::IValue& each : call.results) collect(each, is_made, roots);
  for (const c10::IValue& each : call.arguments) {
    collect(each, is_made, roots);
    collect(each, is_leaf, leaves);
  }
  Gradients gradients;
  if (roots.empty() || leaves.empty()) return gradients;
  set_walk_enabled(may_walk);
  const int64_t before = walks();
  at::manual_seed(11);
  try {
    std::vector<at::Tensor> weights;
    for (const at::Tensor& each : roots) weights.push_back(at::ones_like(each) * 0.75);
    for (at::Tensor& each :
         torch::autograd::grad(roots, leaves, weights, /*retain_graph=*/false,
                               /*create_graph=*/false, /*allow_unused=*/true)) {
      gradients.values.push_back(std::move(each));
    }
  } catch (const c10::Error& error) {
    gradients.failure = first_line(error.what_without_backtrace());
  } catch (const std::exception& error) {
    gradients.failure = first_line(error.what());
  }
  gradients.walked = walks() > before;
  set_walk_enabled(true);
  return gradients;
}

// "" or how they differ.
std::string gradient_difference(const Gradients& engine, const Gradients& walk) {
  if (engine.failure != walk.failure) {
    return "gradients: \"" + engine.failure + "\" and \"" + walk.failure + "\"";
  }
  if (engine.values.size() != walk.values.size()) return "the number of gradients";
  for (size_t i = 0; i < engine.values.size(); ++i) {
    const std::string text = difference(engine.values[i], walk.values[i], true);
    if (!text.empty()) return "gradient " + std::to_string(i) + ": " + text;
  }
  return "";
}

// Whether libtorch, called again and again with other rubbish on the heap, disagrees with
// itself: then the results hold memory that nothing has written.
bool is_unstable(const c10::OperatorHandle& operation, const Call& first,
                 const std::function<Call()>& call) {
  for (int round = 0; round < 8; ++round) {
    std::vector<at::Tensor> rubbish;
    for (int64_t size = 1; size <= 4096; size *= 2) {
      for (int i = 0; i < 8; ++i) {
        rubbish.push_back(at::full({size}, 0.25 * round + i, at::kDouble));
      }
    }
    rubbish.clear();
    const Call again = call();
    if (!call_difference(operation.schema(), first, again, true).empty()) return true;
  }
  return false;
}

// What is known of one operator after its attempts; one line between processes.
struct Outcome {
  std::string name;
  // "called", "unstable" (the same but for memory that libtorch does not initialise),
  // "refused", "skipped", "no function", "other form" (one that cannot be called with
  // what is declared), "differs", "died"
  std::string state;
  std::string detail;
  int calls = 0;
  // Of how many calls the gradients were computed, and by a walk.
  int gradients = 0;
  int walked = 0;
  // Optional arguments, and those of them seen both present and absent.
  int optional_count = 0;
  int optional_both = 0;
};

std::string line_of(const Outcome& outcome) {
  std::string detail = outcome.detail;
  std::replace(detail.begin(), detail.end(), '\n', ' ');
  std::replace(detail.begin(), detail.end(), '\t', ' ');
  std::ostringstream line;
  line << outcome.name << '\t' << outcome.state << '\t' << outcome.calls << '\t'
       << outcome.gradients << '\t' << outcome.walked << '\t' << outcome.optional_count
       << '\t' << outcome.optional_both << '\t' << detail << '\n';
  return line.str();
}

Outcome outcome_in(const std::string& line) {
  std::istringstream stream(line);
  Outcome outcome;
  std::string numbers[5];
  std::getline(stream, outcome.name, '\t');
  std::getline(stream, outcome.state, '\t');
  for (std::string& each : numbers) std::getline(stream, each, '\t');
  std::getline(stream, outcome.detail);
  outcome.calls = std::stoi(numbers[0]);
  outcome.gradients = std::stoi(numbers[1]);
  outcome.walked = std::stoi(numbers[2]);
  outcome.optional_count = std::stoi(numbers[3]);
  outcome.optional_both = std::stoi(numbers[4]);
  return outcome;
}

// Whether the C function refuses what it should take.
bool is_unsupported(void* function, const DeclaredForm& form, const Recipes& recipes) {
  const c10::FunctionSchema& schema = form.schema();
  const Words good(schema, arguments_for(schema, Attempt{0, 0, 1, 0}, recipes));
  simple_torch_error_clear();
  std::vector<int64_t> outs;
  call_raw(function, schema, good.words, outs);
  return simple_torch_error_code() == SIMPLE_TORCH_E_UNSUPPORTED;
}

Outcome try_operator(const c10::OperatorHandle& operation, const Recipes& recipes) {
  const c10::FunctionSchema& schema = operation.schema();
  Outcome outcome;
  outcome.name = full_name(schema);
  outcome.detail = recipes.skipped(outcome.name);
  if (!outcome.detail.empty()) {
    outcome.state = "skipped";
    return outcome;
  }
  void* const function = c_function(schema);
  if (function == nullptr) {
    outcome.state = "no function";
    return outcome;
  }
  const DeclaredForm form(schema);
  if (!form.obstacle().empty()) {
    outcome.state = "other form";
    outcome.detail = "libtorch's own " + form.obstacle();
    if (!is_unsupported(function, form, recipes)) {
      outcome.state = "differs";
      outcome.detail += ", and the C function does not refuse";
    }
    return outcome;
  }
  std::vector<std::pair<bool, bool>> seen(schema.arguments().size());
  const auto is_optional = [&](size_t i) {
    return form.takes(i) &&
           schema.arguments()[i].type()->kind() == c10::TypeKind::OptionalType;
  };
  for (size_t i = 0; i < seen.size(); ++i) outcome.optional_count += is_optional(i);
  outcome.state = "refused";
  const bool contents = !recipes.is_uninitialised(outcome.name);
  constexpr int kEnough = 8;
  for (const Attempt& attempt : attempts_for(schema, recipes.has(outcome.name))) {
    if (outcome.calls >= kEnough && outcome.optional_both == outcome.optional_count)
      break;
    // Those that never show an optional argument both ways would run for long.
    if (outcome.calls >= 10 * kEnough) break;
    std::vector<c10::IValue> arguments;
    try {
      arguments = arguments_for(schema, attempt, recipes);
      form.leave_out_others(arguments);
    } catch (const std::exception& error) {
      if (outcome.calls == 0) outcome.detail = first_line(error.what());
      continue;
    }
    bool was_called = false;
    for (const Mode& mode : modes()) {
      if (&mode != &modes().front() && (!was_called || outcome.calls > 3)) break;
      Call direct;
      Call through_c;
      const auto inputs = [&] {
        std::vector<c10::IValue> values = copies(arguments);
        if (mode.inputs_require_grad) require_gradients(values, schema);
        return values;
      };
      mode.run([&] {
        direct = direct_call(operation, inputs());
        through_c = c_call(function, form, inputs());
      });
      if (!direct.failure.empty()) {
        if (outcome.calls == 0) outcome.detail = direct.failure;
        if (through_c.failure.empty()) {
          outcome.state = "differs";
          outcome.detail =
              std::string(mode.name) + ": libtorch refuses: " + direct.failure;
          return outcome;
        }
        if (!was_called) break;
        continue;
      }
      const std::string text = through_c.failure.empty()
                                   ? call_difference(schema, direct, through_c, contents)
                                   : "the C function refuses: " + through_c.failure;
      const auto again = [&] {
        Call call;
        mode.run([&] { call = direct_call(operation, inputs()); });
        return call;
      };
      if (!text.empty() && through_c.failure.empty() &&
          call_difference(schema, direct, through_c, false).empty() &&
          is_unstable(operation, direct, again)) {
        outcome.state = "unstable";
        outcome.detail = text;
        ++outcome.calls;
        return outcome;
      }
      if (!text.empty()) {
        outcome.state = "differs";
        std::ostringstream detail;
        detail << mode.name << ", attempt " << attempt.shape << ' ' << attempt.dtype
               << ' ' << attempt.variant << ": " << text;
        outcome.detail = detail.str();
        return outcome;
      }
      was_called = true;
      if (!mode.inputs_require_grad) continue;
      const Gradients engine = gradients_of(direct, /*may_walk=*/false);
      const Gradients walk = gradients_of(through_c, /*may_walk=*/true);
      outcome.gradients += !engine.values.empty();
      outcome.walked += !engine.values.empty() && walk.walked;
      const std::string gradient_text = gradient_difference(engine, walk);
      if (!gradient_text.empty()) {
        outcome.state = "differs";
        outcome.detail = std::string(mode.name) + ": " + gradient_text;
        return outcome;
      }
    }
    if (!was_called) continue;
    ++outcome.calls;
    outcome.state = "called";
    outcome.detail.clear();
    outcome.optional_both = 0;
    for (size_t i = 0; i < seen.size(); ++i) {
      if (!is_optional(i)) continue;
      (arguments[i].isNone() ? seen[i].first : seen[i].second) = true;
      outcome.optional_both += seen[i].first && seen[i].second;
    }
  }
  return outcome;
}

// Operators that make files do so with the names they are given: in a folder of their
// own.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "sweep.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Runs `work` on the items from `start` on in a child process in `folder`, which sends
// lines; gives how many items it has finished, and what ended it.
struct ChildEnd {
  size_t finished = 0;
  std::string death;
};

ChildEnd in_child(const std::filesystem::path& folder, size_t start, size_t end,
                  std::vector<Outcome>& outcomes,
                  const std::function<std::string(size_t)>& name,
                  const std::function<Outcome(size_t)>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("pipe");
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    if (chdir(folder.c_str()) != 0) _exit(2);
    // libtorch's own complaints are of no interest.
    std::freopen("/dev/null", "w", stderr);
    for (size_t i = start; i < end; ++i) {
      alarm(60);
      Outcome outcome;
      try {
        outcome = work(i);
      } catch (const std::exception& error) {
        // A tensor that not even its shape can be asked of.
        outcome = {name(i), "died", first_line(error.what())};
      }
      if (simple_torch_handle_live_count(0) != 0) {
        outcome.state = "differs";
        outcome.detail = "handles are left";
      }
      const std::string line = line_of(outcome);
      if (write(ends[1], line.data(), line.size()) < 0) _exit(2);
    }
    _exit(0);
  }
  close(ends[1]);
  ChildEnd result;
  std::string pending;
  char buffer[4096];
  for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    pending.append(buffer, static_cast<size_t>(got));
    for (size_t line; (line = pending.find('\n')) != std::string::npos;) {
      outcomes.push_back(outcome_in(pending.substr(0, line)));
      pending.erase(0, line + 1);
      ++result.finished;
    }
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    result.death = WTERMSIG(status) == SIGALRM
                       ? "no answer in a minute"
                       : std::string("signal ") + strsignal(WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0) {
    result.death = "exit status " + std::to_string(WEXITSTATUS(status));
  }
  return result;
}

std::vector<Outcome> sweep(const std::vector<c10::OperatorHandle>& operators,
                           const Recipes& recipes) {
  const Scratch scratch;
  std::vector<Outcome> outcomes;
  size_t start = 0;
  while (start < operators.size()) {
    const auto name = [&](size_t i) { return full_name(operators[i].schema()); };
    const auto work = [&](size_t i) { return try_operator(operators[i], recipes); };
    const ChildEnd end =
        in_child(scratch.path(), start, operators.size(), outcomes, name, work);
    start += end.finished;
    if (start < operators.size()) {
      outcomes.push_back({name(start), "died", end.death});
      ++start;
    }
  }
  return outcomes;
}

TEST(Sweep, CallsOperatorsWithTheSameResultsAsLibtorch) {
  const Recipes recipes(SIMPLE_TORCH_RECIPES);
  const auto operators = all_operators();
  const auto outcomes = sweep(operators, recipes);
  ASSERT_EQ(outcomes.size(), operators.size());

  std::map<std::string, size_t> states;
  size_t calls = 0;
  size_t gradients = 0;
  size_t walked = 0;
  size_t optional_count = 0;
  size_t optional_both = 0;
  std::ofstream report(SIMPLE_TORCH_SWEEP_REPORT);
  for (const Outcome& each : outcomes) {
    ++states[each.state];
    calls += static_cast<size_t>(each.calls);
    gradients += each.gradients > 0;
    walked += each.walked > 0;
    if (each.state == "called") {
      optional_count += static_cast<size_t>(each.optional_count);
      optional_both += static_cast<size_t>(each.optional_both);
    }
    report << line_of(each);
    EXPECT_NE(each.detail.rfind("recipes.txt", 0), 0u)
        << each.name << ": " << each.detail;
    EXPECT_NE(each.state, "differs") << each.name << ": " << each.detail;
  }
  std::cout << "operators " << outcomes.size();
  for (const auto& [state, count] : states) std::cout << ", " << state << ' ' << count;
  std::cout << "; calls " << calls << "; with gradients " << gradients << ", walked "
            << walked << "; optional arguments " << optional_count
            << ", seen both present and absent " << optional_both << '\n';
  // Most of what has a C function; the report says why of each other.
  const size_t with_function = outcomes.size() - states["no function"];
  EXPECT_GT(with_function, 2900u);
  EXPECT_GE(states["called"] * 100, with_function * 72);
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 6)
  EXPECT_GT(gradients, 800u);
  EXPECT_GE(walked * 100, gradients * 95);
#endif
}

}  // namespace
}  // namespace simple_torch::oracle
