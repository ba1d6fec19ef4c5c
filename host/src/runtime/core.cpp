// What the compiler itself calls, what the words of specs are built on, and what the
// machine needs to know by name.

#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/interpreter.h"
#include "runtime/operations.h"

namespace simple {
namespace {

// val a: [i64; 3] = …
Value check_length(Vm&, Value* arguments, int) {
  const Value array = arguments[0];
  if (is(array, Kind::kArray) && arguments[1].is_integral() &&
      as<Array>(array)->length != arguments[1].integer) {
    const std::string_view name = expect_text(arguments[2], "rt_core_check_length", 3);
    fail("", "Fixed-size array `" + std::string(name) + "` size mismatch: expected " +
                 std::to_string(arguments[1].integer) + ", got " +
                 std::to_string(as<Array>(array)->length));
  }
  return array;
}

Value tuple_of(Vm& vm, Value* arguments, int) {
  const Array* array = expect_array(arguments[0], "rt_core_tuple_of", 1);
  Tuple* tuple = vm.heap().tuple(static_cast<uint32_t>(array->length));
  for (int64_t i = 0; i < array->length; ++i) tuple->slots()[i] = array->get(i);
  return Value::of(static_cast<Object*>(tuple));
}

Value clone(Vm& vm, Value* arguments, int) {
  if (is(arguments[0], Kind::kInstance)) {
    return Value::of(static_cast<Object*>(vm.heap().copy(as<Instance>(arguments[0]))));
  }
  return vm.heap().copy(arguments[0]);
}

// e as T or: d. Nil if e cannot become a T.
Value try_cast(Vm& vm, Value* arguments, int) {
  const std::string_view type = expect_text(arguments[1], "rt_core_try_cast", 2);
  try {
    return cast(vm, arguments[0], intern(type));
  } catch (const Failure&) {
    return Value();
  }
}

// self = value, in a method that changes self.
Value assign_self(Vm&, Value* arguments, int) {
  if (!is(arguments[0], Kind::kInstance) || !is(arguments[1], Kind::kInstance) ||
      as<Instance>(arguments[0])->type != as<Instance>(arguments[1])->type) {
    fail("E1004",
         "self can only become another object of its own class or struct, found " +
             type_name(arguments[1]));
  }
  auto* to = as<Instance>(arguments[0]);
  auto* from = as<Instance>(arguments[1]);
  for (uint32_t i = 0; i < to->small; ++i) {
    share(from->fields()[i]);
    to->slots()[i] = from->fields()[i];
  }
  return Value();
}

// e? outside of a function.
Value fail_with(Vm& vm, Value* arguments, int) {
  if (is(arguments[0], Kind::kEnum) && as<EnumValue>(arguments[0])->small == 1) {
    fail("E3004", "`?` outside of a function: " +
                      display(vm, as<EnumValue>(arguments[0])->payload()[0]));
  }
  fail("E3004", "`?` outside of a function: there is no value");
}

// ---- Specs

// What the variables hold that blocks share, to be put back later.
Value spec_save(Vm& vm, Value* arguments, int) {
  Array* saved = vm.heap().array(Elements::kValues, 0);
  const Array* blocks = expect_array(arguments[0], "rt_spec_save", 1);
  for (int64_t i = 0; i < blocks->length; ++i) {
    const Value block = blocks->get(i);
    if (!is(block, Kind::kClosure)) continue;
    auto* closure = as<Closure>(block);
    for (uint32_t j = 0; j < closure->small; ++j) {
      const Value captured = closure->captured()[j];
      if (!is(captured, Kind::kCell)) continue;
      share(as<Cell>(captured)->value);
      vm.heap().push(saved, vm.tuple({captured, as<Cell>(captured)->value}));
    }
  }
  return Value::of(static_cast<Object*>(saved));
}

Value spec_restore(Vm&, Value* arguments, int) {
  const Array* saved = expect_array(arguments[0], "rt_spec_restore", 1);
  for (int64_t i = 0; i < saved->length; ++i) {
    const Value pair = saved->get(i);
    if (!is(pair, Kind::kTuple) || pair.object->small != 2 ||
        !is(as<Tuple>(pair)->items()[0], Kind::kCell)) {
      wrong_argument("rt_spec_restore", 1, "what rt_spec_save gave", pair);
    }
    auto* entry = as<Tuple>(pair);
    share(entry->items()[1]);
    as<Cell>(entry->items()[0])->value = entry->items()[1];
  }
  return Value();
}

// Calls a block; nil if it ends well, else what went wrong.
Value spec_call(Vm& vm, Value* arguments, int) {
  try {
    vm.call(arguments[0], {});
    return Value();
  } catch (Failure& failure) {
    failure.settle();
    std::string trace;
    for (const TraceLine& line : failure.trace) trace += to_text(line) + '\n';
    std::string inside;
    for (const TraceLine& line : failure.inside) inside += to_text(line) + '\n';
    static const std::vector<Symbol> labels = {
        intern("message"), intern("code"),  intern("file"),  intern("line"),
        intern("excerpt"), intern("trace"), intern("inside")};
    const bool known = !failure.trace.empty();
    const Value result =
        vm.tuple({vm.text(failure.message), vm.text(failure.code),
                  vm.text(known ? failure.trace[0].file : ""),
                  Value::of(int64_t{known ? failure.trace[0].line : 0}),
                  vm.text(failure.excerpt), vm.text(trace), vm.text(inside)});
    as<Tuple>(result)->labels = &labels;
    return result;
  }
}

// Where the program is, outside of the library: (file, line, text of the line).
Value spec_place(Vm& vm, Value*, int) {
  std::string file;
  std::string excerpt;
  uint32_t line = 0;
  if (!vm.interpreter().current_place(file, line, excerpt)) return Value();
  return vm.tuple({vm.text(file), Value::of(int64_t{line}), vm.text(excerpt)});
}

const NativeSpec kCore[] = {
    {"rt_core_check_length", check_length, 3, 3},
    {"rt_core_tuple_of", tuple_of, 1, 1},
    {"rt_core_clone", clone, 1, 1},
    {"rt_core_try_cast", try_cast, 2, 2},
    {"rt_core_assign_self", assign_self, 2, 2},
    {"rt_core_fail_with", fail_with, 1, 1},
    {"rt_spec_save", spec_save, 1, 1},
    {"rt_spec_restore", spec_restore, 1, 1},
    {"rt_spec_call", spec_call, 1, 1},
    {"rt_spec_place", spec_place, 0, 0},
};

}  // namespace

void define_core(Vm& vm) { vm.define(kCore, std::size(kCore)); }

const Source& Module::text() {
  if (source == nullptr) source = std::make_unique<Source>(name, "");
  return *source;
}

}  // namespace simple
