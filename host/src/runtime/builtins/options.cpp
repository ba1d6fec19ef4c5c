// Methods of options and results. An option is not wrapped: nil is None, and every other
// value answers the methods of an option as Some of itself would; an object Some(x) as
// well. The machine looks here for methods that a value's own type has not, so what
// stands here can be asked of everything.
#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/operations_impl.h"

namespace simple {
namespace {

bool is_some_object(Vm& vm, Value value) { return is_some(vm, value); }

Value is_present(Vm&, Value* arguments, int) { return Value::of(!arguments[0].is_nil()); }
Value is_absent(Vm&, Value* arguments, int) { return Value::of(arguments[0].is_nil()); }

Value unwrap(Vm& vm, Value* arguments, int) {
  if (arguments[0].is_nil()) fail("E3004", "called unwrap on None");
  return kept(without_some(vm, arguments[0]));
}

Value expect(Vm& vm, Value* arguments, int) {
  if (arguments[0].is_nil()) fail("E3004", display(vm, arguments[1]));
  return kept(without_some(vm, arguments[0]));
}

Value unwrap_or(Vm& vm, Value* arguments, int) {
  return kept(arguments[0].is_nil() ? arguments[1] : without_some(vm, arguments[0]));
}

Value ok_or(Vm& vm, Value* arguments, int) {
  if (arguments[0].is_nil()) return vm.err(kept(arguments[1]));
  return vm.ok(kept(without_some(vm, arguments[0])));
}

// ---- Of everything

Value to_text(Vm& vm, Value* arguments, int) {
  return is_text(arguments[0]) ? arguments[0] : vm.text(display(vm, arguments[0]));
}

// Of a class, a new object with the same fields.
Value clone(Vm& vm, Value* arguments, int) {
  if (is(arguments[0], Kind::kInstance)) {
    return Value::of(vm.heap().copy(as<Instance>(arguments[0])));
  }
  return kept(vm.heap().copy(arguments[0]));
}

Value is_wrapped(Vm& vm, Value* arguments, int) {
  return Value::of(is_some_object(vm, arguments[0]));
}

// ---- Results

EnumValue* result(const Value* arguments) { return as<EnumValue>(arguments[0]); }
bool is_ok(const Value* arguments) { return result(arguments)->variant == 0; }
Value payload(const Value* arguments) { return kept(result(arguments)->payload()[0]); }

Value result_is_ok(Vm&, Value* arguments, int) { return Value::of(is_ok(arguments)); }
Value result_is_err(Vm&, Value* arguments, int) { return Value::of(!is_ok(arguments)); }

Value result_unwrap(Vm& vm, Value* arguments, int) {
  if (!is_ok(arguments)) {
    fail("E3004", "called unwrap on Err: " + display(vm, payload(arguments)));
  }
  return payload(arguments);
}

Value result_expect(Vm& vm, Value* arguments, int) {
  if (!is_ok(arguments)) {
    const Value reason = payload(arguments);
    fail("E3004", display(vm, arguments[1]) + ": " + display(vm, reason));
  }
  return payload(arguments);
}

Value result_unwrap_or(Vm&, Value* arguments, int) {
  return is_ok(arguments) ? payload(arguments) : kept(arguments[1]);
}

Value result_unwrap_err(Vm& vm, Value* arguments, int) {
  if (is_ok(arguments)) {
    fail("E3004", "called unwrap_err on Ok: " + display(vm, payload(arguments)));
  }
  return payload(arguments);
}

Value result_ok(Vm&, Value* arguments, int) {
  return is_ok(arguments) ? payload(arguments) : Value();
}
Value result_err(Vm&, Value* arguments, int) {
  return is_ok(arguments) ? Value() : payload(arguments);
}

const NativeSpec kOption[] = {
    {"is_some", is_present, 0, 0}, {"is_none", is_absent, 0, 0},
    {"is_nil", is_absent, 0, 0},   {"unwrap", unwrap, 0, 0},
    {"expect", expect, 1, 1},      {"unwrap_or", unwrap_or, 1, 1},
    {"ok_or", ok_or, 1, 1},        {"to_text", to_text, 0, 0},
    {"to_string", to_text, 0, 0},  {"clone", clone, 0, 0},
    {"copy", clone, 0, 0},
};
const NativeSpec kResult[] = {
    {"is_ok", result_is_ok, 0, 0},
    {"is_err", result_is_err, 0, 0},
    {"unwrap", result_unwrap, 0, 0},
    {"expect", result_expect, 1, 1},
    {"unwrap_or", result_unwrap_or, 1, 1},
    {"unwrap_err", result_unwrap_err, 0, 0},
    {"ok", result_ok, 0, 0},
    {"err", result_err, 0, 0},
    {"to_text", to_text, 0, 0},
    {"to_string", to_text, 0, 0},
    {"clone", clone, 0, 0},
};
// rt_is_wrapped(x): whether x is an object Some(…), for the prelude.
const NativeSpec kFunctions[] = {
    {"rt_is_wrapped", is_wrapped, 1, 1},
};

}  // namespace

void define_options(Vm& vm) {
  define_all(vm, vm.types().option, kOption);
  define_all(vm, vm.types().result, kResult);
  define_all(vm, kFunctions);
}

}  // namespace simple
