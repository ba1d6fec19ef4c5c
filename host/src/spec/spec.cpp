#include "spec/spec.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/builtins/arguments.h"
#include "runtime/failure.h"
#include "runtime/operations.h"
#include "runtime/vm.h"
#include "spec/difference.h"
#include "spec/event.h"
#include "spec/message.h"
#include "spec/printer.h"

namespace simple {
namespace {

using Clock = std::chrono::steady_clock;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find(',', start), text.size());
    if (end > start) parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

// The report of this process: it runs one program, on the machine's thread.
class Report {
 public:
  Report()
      : printer_({wants_color(1)}, [](std::string_view text) {
          std::fwrite(text.data(), 1, text.size(), stdout);
        }) {
    const std::string descriptor = variable(kReportVariable);
    if (!descriptor.empty()) {
      descriptor_ = std::atoi(descriptor.c_str());
      // Not for the processes that the program starts.
      unsetenv(kReportVariable);
    }
    filter_ = variable(kFilterVariable);
    wanted_tags_ = split(variable(kTagsVariable));
    file_tags_ = split(variable(kFileTagsVariable));
    list_ = variable(kModeVariable) == "list";
    fail_fast_ = !variable(kFailFastVariable).empty();
    slow_ = !variable(kSlowVariable).empty();
  }

  const char* decide(const std::string& name, std::vector<std::string> tags) const {
    if (fail_fast_ && failed_ > 0) return "leave";
    std::string full;
    for (const std::string& group : groups_) full += group + " ";
    full += name;
    if (!filter_.empty() && full.find(filter_) == std::string::npos) return "leave";
    tags.insert(tags.end(), file_tags_.begin(), file_tags_.end());
    const auto has = [](const std::vector<std::string>& all, std::string_view tag) {
      return std::find(all.begin(), all.end(), tag) != all.end();
    };
    const bool wanted =
        std::any_of(wanted_tags_.begin(), wanted_tags_.end(),
                    [&](const std::string& tag) { return has(tags, tag); });
    if (!wanted_tags_.empty() && !wanted) return "leave";
    if (list_) return "list";
    if (has(tags, "skip") || has(tags, "only-compiled")) return "skip";
    if (has(tags, "slow") && !slow_ && !has(wanted_tags_, "slow")) return "skip";
    return "run";
  }

  void begin_group(const std::string& name) {
    groups_.push_back(name);
    SpecEvent event;
    event.kind = SpecEvent::Kind::kGroupBegin;
    event.name = name;
    emit(event);
  }
  void end_group() {
    if (!groups_.empty()) groups_.pop_back();
    SpecEvent event;
    event.kind = SpecEvent::Kind::kGroupEnd;
    emit(event);
  }
  void begin_example(const std::string& name) {
    example_ = name;
    start_ = Clock::now();
    // Whoever reads this knows what ran when the process crashes. Listing prints nothing
    // here.
    SpecEvent event;
    event.kind = SpecEvent::Kind::kExampleBegin;
    event.name = name;
    if (!list_) emit(event);
  }
  void end_example(SpecEvent event) {
    event.kind = SpecEvent::Kind::kExample;
    event.name = example_.value_or("");
    event.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    if (event.status == SpecEvent::Status::kFailed) ++failed_;
    example_.reset();
    emit(event);
  }
  bool in_example() const { return example_.has_value(); }

  // A falsy `expect c` whose matcher may still come; null: it came.
  void wait(std::optional<SpecEvent> failure) { waiting_ = std::move(failure); }

  int finish(int status) {
    if (!used_ && !waiting_) return status;
    if (example_) {
      SpecEvent event;
      event.status = SpecEvent::Status::kFailed;
      event.message =
          "the program ended in this example, with exit status " + std::to_string(status);
      end_example(std::move(event));
    }
    if (waiting_) {
      begin_example("outside of the examples");
      end_example(std::move(*waiting_));
      waiting_.reset();
    }
    while (!groups_.empty()) end_group();
    emit(SpecEvent{});
    return failed_ > 0 ? 1 : status;
  }

 private:
  void emit(const SpecEvent& event) {
    used_ = true;
    if (descriptor_ < 0) {
      printer_.print(event);
      return;
    }
    const std::string line = encode(event);
    size_t done = 0;
    while (done < line.size()) {
      const ssize_t count = write(descriptor_, line.data() + done, line.size() - done);
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
  }

  SpecPrinter printer_;
  int descriptor_ = -1;
  std::string filter_;
  std::vector<std::string> wanted_tags_, file_tags_;
  bool list_ = false, fail_fast_ = false, slow_ = false;
  bool used_ = false;
  size_t failed_ = 0;
  std::vector<std::string> groups_;
  std::optional<std::string> example_;
  std::optional<SpecEvent> waiting_;
  Clock::time_point start_;
};

Report& report() {
  static Report instance;
  return instance;
}

// ---- Failures, as rt_spec_call hands them over: a tuple of these parts.

constexpr const char* kParts[] = {"message", "code",  "file",  "line",
                                  "excerpt", "trace", "inside"};

Value part_of(Value failure, std::string_view name) {
  if (!is(failure, Kind::kTuple)) return {};
  auto* tuple = as<Tuple>(failure);
  for (uint32_t i = 0; i < std::size(kParts) && i < tuple->small; ++i) {
    if (kParts[i] == name) return tuple->items()[i];
  }
  return {};
}

std::string text_of_part(Value failure, std::string_view name) {
  const Value part = part_of(failure, name);
  return is_text(part) ? std::string(text(part)) : "";
}

// An expectation's message as it is; of another error, that it is one. Failed
// expectations and assertions share a code.
constexpr const char* kAssertion = "E3004";

SpecEvent failure_event(Value failure) {
  SpecEvent event;
  event.status = SpecEvent::Status::kFailed;
  const std::string code = text_of_part(failure, "code");
  event.message = text_of_part(failure, "message");
  if (code != kAssertion) {
    event.message = "error: " + event.message + (code.empty() ? "" : " [" + code + "]");
  }
  event.file = text_of_part(failure, "file");
  const Value line = part_of(failure, "line");
  if (line.is_int()) event.line = static_cast<uint32_t>(line.integer);
  event.detail = text_of_part(failure, "excerpt");
  while (event.detail.starts_with('\n')) event.detail.erase(0, 1);
  if (!event.detail.empty() && event.detail.find('\n') == std::string::npos) {
    // Only the line, of an expectation that waited.
    const std::string number = std::to_string(event.line);
    const std::string margin(number.size() + 1, ' ');
    event.detail = margin + " --> " + event.file + ":" + number + "\n" + margin +
                   " |\n " + number + " | " + event.detail + "\n";
  }
  const std::string inside = text_of_part(failure, "inside");
  if (code != kAssertion && !inside.empty()) {
    event.detail += "inside\n";
    for (const std::string& call : split_lines(inside))
      event.detail += "  " + call + "\n";
  }
  // The innermost call is the excerpt's.
  const std::string trace = text_of_part(failure, "trace");
  const size_t callers = std::min(trace.find('\n'), trace.size() - 1) + 1;
  if (code != kAssertion && callers < trace.size()) {
    event.detail += "called from\n";
    for (const std::string& call : split_lines(std::string_view(trace).substr(callers))) {
      event.detail += "  " + call + "\n";
    }
  }
  return event;
}

// ---- The functions

std::string name_of(Vm& vm, Value value) {
  if (value.tag == Tag::kSymbol) return std::string(text_of(value.symbol()));
  return display(vm, value);
}

Value is_text_function(Vm&, Value* arguments, int) {
  return Value::of(is_text(arguments[0]));
}

Value is_function_function(Vm&, Value* arguments, int) {
  const Value value = arguments[0];
  return Value::of(is(value, Kind::kClosure) || is(value, Kind::kNative) ||
                   is(value, Kind::kBound));
}

Value name_function(Vm& vm, Value* arguments, int) {
  return vm.text(name_of(vm, arguments[0]));
}

// Whether an expectation without a matcher fails. What cannot say whether it is true is
// not; a matcher may follow.
Value is_false_function(Vm& vm, Value* arguments, int) {
  try {
    return Value::of(!truth(vm, arguments[0]));
  } catch (const Failure&) {
    return Value::of(true);
  }
}

// Whether two values are the same, whatever == gives for them.
Value equal_function(Vm& vm, Value* arguments, int) {
  return Value::of(equal(vm, arguments[0], arguments[1]));
}

Value truthy_function(Vm& vm, Value* arguments, int) {
  return Value::of(truth(vm, arguments[0]));
}

// nil and None, which are one.
Value is_nil_function(Vm& vm, Value* arguments, int) {
  return Value::of(arguments[0].is_nil() || equal(vm, arguments[0], Value()));
}

Value show_function(Vm& vm, Value* arguments, int) {
  return vm.text(show(vm, arguments[0]));
}

Value explain_function(Vm& vm, Value* arguments, int) {
  return vm.text(explain(vm, arguments[0],
                         std::string(expect_text(arguments[1], "rt_spec_explain", 2)),
                         arguments[2]));
}

Value fail_function(Vm& vm, Value* arguments, int) {
  fail(kAssertion, display(vm, arguments[0]));
}

Value message_function(Vm& vm, Value* arguments, int) {
  return vm.text(text_of_part(arguments[0], "message"));
}

Value wait_function(Vm&, Value* arguments, int) {
  if (arguments[0].is_nil()) {
    report().wait(std::nullopt);
  } else {
    report().wait(failure_event(arguments[0]));
  }
  return {};
}

Value in_example_function(Vm&, Value*, int) { return Value::of(report().in_example()); }

Value outside_function(Vm&, Value*, int) {
  if (report().in_example())
    fail("", "groups and examples cannot be inside of an example");
  return {};
}

Value group_begin_function(Vm& vm, Value* arguments, int) {
  report().begin_group(name_of(vm, arguments[0]));
  return {};
}

Value group_end_function(Vm&, Value*, int) {
  report().end_group();
  return {};
}

Value example_begin_function(Vm& vm, Value* arguments, int) {
  report().begin_example(name_of(vm, arguments[0]));
  return {};
}

Value example_end_function(Vm& vm, Value* arguments, int) {
  // A block that failed has left its output there.
  vm.kept_output().reset();
  const std::string_view status = expect_text(arguments[0], "rt_spec_example_end", 1);
  SpecEvent event;
  if (!arguments[2].is_nil()) event = failure_event(arguments[2]);
  event.status = status == "passed"    ? SpecEvent::Status::kPassed
                 : status == "skipped" ? SpecEvent::Status::kSkipped
                 : status == "listed"  ? SpecEvent::Status::kListed
                                       : SpecEvent::Status::kFailed;
  event.reason = name_of(vm, arguments[1]);
  report().end_example(std::move(event));
  return {};
}

// What is printed from now on is kept, and is the result of rt_spec_kept_output().
Value keep_output_function(Vm& vm, Value*, int) {
  vm.kept_output().emplace();
  return {};
}

Value kept_output_function(Vm& vm, Value*, int) {
  const std::string output = std::move(vm.kept_output()).value_or("");
  vm.kept_output().reset();
  return vm.text(output);
}

Value decide_function(Vm& vm, Value* arguments, int) {
  std::vector<std::string> tags;
  if (is(arguments[1], Kind::kArray)) {
    auto* array = as<Array>(arguments[1]);
    for (int64_t i = 0; i < array->length; ++i)
      tags.push_back(name_of(vm, array->get(i)));
  }
  return vm.text(report().decide(name_of(vm, arguments[0]), std::move(tags)));
}

constexpr NativeSpec kFunctions[] = {
    {"rt_spec_is_text", is_text_function, 1, 1},
    {"rt_spec_is_function", is_function_function, 1, 1},
    {"rt_spec_name", name_function, 1, 1},
    {"rt_spec_truthy", truthy_function, 1, 1},
    {"rt_spec_equal", equal_function, 2, 2},
    {"rt_spec_is_false", is_false_function, 1, 1},
    {"rt_spec_is_nil", is_nil_function, 1, 1},
    {"rt_spec_show", show_function, 1, 1},
    {"rt_spec_explain", explain_function, 3, 3},
    {"rt_spec_fail", fail_function, 1, 1},
    {"rt_spec_message", message_function, 1, 1},
    {"rt_spec_wait", wait_function, 1, 1},
    {"rt_spec_in_example", in_example_function, 0, 0},
    {"rt_spec_outside", outside_function, 0, 0},
    {"rt_spec_group_begin", group_begin_function, 1, 1},
    {"rt_spec_group_end", group_end_function, 0, 0},
    {"rt_spec_example_begin", example_begin_function, 1, 1},
    {"rt_spec_example_end", example_end_function, 3, 3},
    {"rt_spec_keep_output", keep_output_function, 0, 0},
    {"rt_spec_kept_output", kept_output_function, 0, 0},
    {"rt_spec_decide", decide_function, 2, 2},
};

}  // namespace

void define_spec(Vm& vm) { vm.define(kFunctions, std::size(kFunctions)); }

int finish_spec(int status) {
  const int result = report().finish(status);
  std::fflush(stdout);
  return result;
}

}  // namespace simple
