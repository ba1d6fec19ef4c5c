// Exports of operator.h.
#include "simple_torch/operator.h"

#include <dlfcn.h>

#include <algorithm>
#include <memory>

#include "core/arguments.h"
#include "core/guarded.h"
#include "operators/operator.h"
#include "values/slots.h"

namespace simple_torch {
namespace {

using Slots = c10::ArrayRef<simple_torch_slot>;

std::string full_name(const c10::OperatorName& name) {
  return name.overload_name.empty() ? name.name : name.name + '.' + name.overload_name;
}

std::vector<c10::OperatorHandle> overloads_of(const std::string& name) {
  std::vector<c10::OperatorHandle> found;
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const c10::OperatorName& each : dispatcher.getAllOpNames()) {
    if (each.name != name) continue;
    if (auto operation = dispatcher.findSchema(each)) found.push_back(*operation);
  }
  std::sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
    return left.operator_name().overload_name < right.operator_name().overload_name;
  });
  return found;
}

// Whether a call with these arguments may be meant for this overload.
bool fits(const c10::FunctionSchema& schema, Slots arguments) {
  const auto& wanted = schema.arguments();
  for (size_t i = 0; i < std::max(wanted.size(), arguments.size()); ++i) {
    if (i >= wanted.size()) return false;
    const bool is_given =
        i < arguments.size() && arguments[i].kind != SIMPLE_TORCH_SLOT_DEFAULT;
    if (!is_given && !wanted[i].default_value()) return false;
    if (is_given && !may_have_type(arguments[i], wanted[i].type())) return false;
  }
  return true;
}

const c10::OperatorHandle& chosen(const Operator& operation, Slots arguments) {
  const auto& overloads = operation.overloads();
  if (overloads.size() == 1) return overloads.front();
  const auto found =
      std::find_if(overloads.begin(), overloads.end(),
                   [&](const auto& each) { return fits(each.schema(), arguments); });
  if (found == overloads.end()) {
    fail(Code::kType, "arguments",
         "fit no overload of " + overloads.front().operator_name().name);
  }
  return *found;
}

c10::Stack stack_of(const c10::FunctionSchema& schema, Slots arguments) {
  const auto& wanted = schema.arguments();
  if (arguments.size() > wanted.size()) {
    fail_argument("arguments", "are " + std::to_string(arguments.size()) + " where " +
                                   schema.name() + " takes " +
                                   std::to_string(wanted.size()));
  }
  c10::Stack stack;
  stack.reserve(wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (i < arguments.size() && arguments[i].kind != SIMPLE_TORCH_SLOT_DEFAULT) {
      stack.push_back(value_of(arguments[i], wanted[i].type(), wanted[i].name().c_str()));
    } else if (const auto& value = wanted[i].default_value()) {
      stack.push_back(*value);
    } else {
      fail_argument(wanted[i].name().c_str(), "has no default and is not given");
    }
  }
  return stack;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_operator_find(const char* name, const char* overload) {
  return guarded([&] {
    const std::string wanted(text_of(name, "name"));
    std::vector<c10::OperatorHandle> found;
    if (overload == nullptr) {
      found = overloads_of(wanted);
    } else if (auto one = c10::Dispatcher::singleton().findSchema(
                   {wanted, std::string(text_of(overload, "overload"))})) {
      found.push_back(*one);
    }
    if (found.empty()) {
      const bool has_others = overload != nullptr && !overloads_of(wanted).empty();
      fail(Code::kValue, has_others ? "overload" : "name",
           "names no operator: " + full_name({wanted, has_others ? overload : ""}));
    }
    return store(std::make_unique<Operator>(std::move(found)));
  });
}

int64_t simple_torch_operator_call(simple_torch_handle operation,
                                   const simple_torch_slot* arguments, int64_t count,
                                   simple_torch_slot* results, int64_t capacity) {
  return guarded([&] {
    const auto named = borrow<Operator>(operation, "operation");
    const Slots given = list_of(arguments, count, "arguments");
    list_of(results, capacity, "results");
    const c10::OperatorHandle& overload = chosen(*named, given);
    c10::Stack stack = stack_of(overload.schema(), given);
    overload.callBoxed(stack);

    const size_t room = std::min(stack.size(), static_cast<size_t>(capacity));
    std::vector<simple_torch_slot> slots;
    slots.reserve(room);
    try {
      for (size_t i = 0; i < room; ++i) slots.push_back(slot_of(std::move(stack[i])));
    } catch (...) {
      for (const simple_torch_slot& each : slots) discard(each);
      throw;
    }
    std::copy(slots.begin(), slots.end(), results);
    return static_cast<int64_t>(stack.size());
  });
}

int64_t simple_torch_operator_schema(simple_torch_handle operation, char* buffer,
                                     int64_t capacity) {
  return guarded([&] {
    const auto named = borrow<Operator>(operation, "operation");
    std::string text;
    for (const c10::OperatorHandle& each : named->overloads()) {
      if (!text.empty()) text += '\n';
      text += c10::toString(each.schema());
    }
    return write_text(text, buffer, capacity, "buffer");
  });
}

int64_t simple_torch_operator_list(const char* prefix, char* buffer, int64_t capacity) {
  return guarded([&] {
    const std::string_view wanted = text_of(prefix, "prefix");
    std::vector<std::string> names;
    auto& dispatcher = c10::Dispatcher::singleton();
    for (const c10::OperatorName& each : dispatcher.getAllOpNames()) {
      // Some have kernels and no schema: nothing can call them.
      if (each.name.compare(0, wanted.size(), wanted) == 0 &&
          dispatcher.findSchema(each)) {
        names.push_back(full_name(each));
      }
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& each : names) text += each + '\n';
    return write_text(text, buffer, capacity, "buffer");
  });
}

int64_t simple_torch_operator_load_library(const char* path) {
  return guarded([&] {
    const std::string file(text_of(path, "path"));
    if (dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
      fail(Code::kIo, "path", dlerror());
    }
  });
}

int64_t simple_torch_operator_free(simple_torch_handle operation) {
  return guarded(
      [&] { HandleTable::get().free(operation, Kind::kOperator, "operation"); });
}
