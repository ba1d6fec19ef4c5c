// Reads whatever text comes as JSON. What is JSON is written as a text that is read as
// the same again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "runtime/failure.h"
#include "runtime/unicode.h"
#include "runtime/vm.h"

namespace {

using simple::Value;

// Nothing collects what a machine that runs no program has made.
constexpr int kInputsOfAMachine = 1000;

std::unique_ptr<simple::Vm> machine;

Value call(const char* function, Value argument) {
  return machine->call(machine->natives().at(simple::intern(function)), {{argument}});
}
Value method(Value receiver, const char* name) {
  const simple::Method* found = machine->find_method(receiver, simple::intern(name));
  return machine->call_method(receiver, *found, {});
}

// The text of what was read, or nil. Numbers too large for a float are read as infinity,
// which JSON has no form for.
Value read_and_written(Value text) {
  const Value result = call("json_parse", text);
  if (method(result, "is_ok").integer == 0) return {};
  try {
    return call("json_text", method(result, "unwrap"));
  } catch (const simple::Failure& failure) {
    if (failure.code != "E1005") throw;
    return {};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // No text of the language holds anything else.
  if (!simple::is_valid_utf8(bytes)) return 0;
  static int inputs = 0;
  if (inputs++ % kInputsOfAMachine == 0) machine = std::make_unique<simple::Vm>();
  const Value once = read_and_written(machine->text(bytes));
  if (once.is_nil()) return 0;
  const Value twice = read_and_written(once);
  if (twice.is_nil() || simple::text(once) != simple::text(twice)) std::abort();
  return 0;
}
