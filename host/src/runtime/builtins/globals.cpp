// Functions that every module sees: output, conversions, a few of mathematics.
#include <cmath>
#include <cstdio>

#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/hash.h"
#include "runtime/numbers.h"
#include "runtime/operations_impl.h"
#include "runtime/table.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

void write(Vm& vm, std::FILE* file, std::string_view bytes) {
  if (file == stdout && vm.kept_output()) {
    *vm.kept_output() += bytes;
  } else {
    std::fwrite(bytes.data(), 1, bytes.size(), file);
  }
}

Value print_to(Vm& vm, std::FILE* file, Value* arguments, int count, bool newline) {
  if (count == 1 && is_text(arguments[0])) {
    write(vm, file, text(arguments[0]));
    if (newline) write(vm, file, "\n");
    return Value();
  }
  std::string line;
  // A fmt that is called may move the arguments.
  const std::vector<Value> values(arguments, arguments + count);
  for (size_t i = 0; i < values.size(); ++i) {
    if (i != 0) line += ' ';
    display(vm, values[i], line);
  }
  if (newline) line += '\n';
  write(vm, file, line);
  return Value();
}

Value print(Vm& vm, Value* arguments, int count) {
  return print_to(vm, stdout, arguments, count, true);
}
Value print_raw(Vm& vm, Value* arguments, int count) {
  return print_to(vm, stdout, arguments, count, false);
}
Value eprint(Vm& vm, Value* arguments, int count) {
  std::fflush(stdout);
  return print_to(vm, stderr, arguments, count, true);
}
Value eprint_raw(Vm& vm, Value* arguments, int count) {
  std::fflush(stdout);
  return print_to(vm, stderr, arguments, count, false);
}

Value dbg(Vm& vm, Value* arguments, int count) {
  const Value value = count == 0 ? Value() : arguments[0];
  eprint(vm, arguments, count);
  return kept(value);
}

Value input(Vm& vm, Value* arguments, int count) {
  if (count != 0) print_to(vm, stdout, arguments, 1, false);
  std::fflush(stdout);
  std::string line;
  if (!read_stdin_line(line)) return Value();
  return vm.text(valid_utf8(line));
}

Value len(Vm& vm, Value* arguments, int) {
  const Value value = arguments[0];
  if (value.is_object()) {
    switch (value.object->kind) {
      case Kind::kText:
        return Value::of(int64_t{as<Text>(value)->length});
      case Kind::kArray:
        return Value::of(as<Array>(value)->length);
      case Kind::kDict:
      case Kind::kSet:
        return Value::of(int64_t{as<Table>(value)->live});
      case Kind::kTuple:
        return Value::of(int64_t{value.object->small});
      case Kind::kRange:
        return Value::of(range_length(as<Range>(value)));
      default:
        if (const Method* method = protocol_method(vm, value, dunders().length)) {
          return call_protocol(vm, value, *method);
        }
        if (const Method* method = protocol_method(vm, value, intern("len"))) {
          return call_protocol(vm, value, *method);
        }
        break;
    }
  }
  fail("E1005", type_name(value) + " has no length");
}

Value extreme(Vm& vm, const char* name, Value* arguments, int count, int wanted) {
  if (count == 1) {
    const Array* items = items_of(vm, arguments[0], name, 1);
    const Rooted rooted(vm, {arguments[0], Value::of(const_cast<Array*>(items))});
    Value best = items->length == 0 ? Value() : items->get(0);
    for (int64_t i = 1; i < items->length; ++i) {
      if (compare(vm, items->get(i), best) == wanted) best = items->get(i);
    }
    return kept(best);
  }
  const std::vector<Value> values(arguments, arguments + count);
  Value best = values[0];
  for (const Value& value : values) {
    if (compare(vm, value, best) == wanted) best = value;
  }
  return kept(best);
}

Value min(Vm& vm, Value* arguments, int count) {
  return extreme(vm, "min", arguments, count, -1);
}
Value max(Vm& vm, Value* arguments, int count) {
  return extreme(vm, "max", arguments, count, 1);
}

// A method of numbers as a function: abs(x).
template <const char* name>
Value as_method(Vm& vm, Value* arguments, int count) {
  const Value receiver = arguments[0];
  const Method* method =
      receiver.is_number() ? vm.find_method(receiver, intern(name)) : nullptr;
  if (method == nullptr || method->callable->kind != Kind::kNative) {
    if (const Method* own = protocol_method(vm, receiver, intern(name))) {
      const std::vector<Value> rest(arguments + 1, arguments + count);
      return vm.call_method(receiver, *own, rest);
    }
    wrong_argument(name, 1, "a number", receiver);
  }
  return static_cast<Native*>(method->callable)->spec->function(vm, arguments, count);
}
constexpr char kAbs[] = "abs", kSqrt[] = "sqrt", kFloor[] = "floor", kCeil[] = "ceil",
               kRound[] = "round", kPow[] = "pow";

Value range(Vm& vm, Value* arguments, int count) {
  const int64_t first = expect_integer(arguments[0], "range", 1);
  if (count == 1) {
    return Value::of(vm.heap().range(Value::of(int64_t{0}), Value::of(first), false));
  }
  const int64_t end = expect_integer(arguments[1], "range", 2);
  if (count == 2) {
    return Value::of(vm.heap().range(Value::of(first), Value::of(end), false));
  }
  const int64_t step = expect_integer(arguments[2], "range", 3);
  if (step == 0) fail("E1005", "the step of `range` cannot be 0");
  Array* result = vm.heap().array(Elements::kInts, 0);
  for (int64_t i = first; step > 0 ? i < end : i > end;) {
    vm.heap().push(result, Value::of(i));
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  return Value::of(result);
}

Value to_string(Vm& vm, Value* arguments, int) {
  return is_text(arguments[0]) ? arguments[0] : vm.text(display(vm, arguments[0]));
}

Value to_int(Vm& vm, Value* arguments, int) {
  const Value value =
      number_for(vm, without_some(vm, arguments[0]), dunders().as_integer);
  if (value.is_int()) return value;
  if (value.is_real()) return Value::of(saturate(value.real));
  if (value.is_integral() || value.is_bool()) return Value::of(value.integer);
  if (!is_text(value)) wrong_argument("to_int", 1, "text or a number", value);
  if (const auto parsed = parse_integer(text(value))) return Value::of(*parsed);
  fail("E1003", "`to_int` cannot read `" + std::string(text(value)) + "` as a number");
}

Value to_float(Vm& vm, Value* arguments, int) {
  const Value value = number_for(vm, without_some(vm, arguments[0]), dunders().as_float);
  if (value.is_number() || value.is_bool()) return Value::of(to_double(value));
  if (!is_text(value)) wrong_argument("float", 1, "text or a number", value);
  if (const auto parsed = parse_real(text(value))) return Value::of(*parsed);
  fail("E1003", "`float` cannot read `" + std::string(text(value)) + "` as a number");
}

Value to_bool(Vm& vm, Value* arguments, int) {
  return Value::of(truth(vm, without_some(vm, arguments[0])));
}

Value exit_program(Vm&, Value* arguments, int count) {
  const int64_t status = count == 0 ? 0 : expect_integer(arguments[0], "exit", 1);
  throw Exit{static_cast<int>(status & 0xFF)};
}

Value panic(Vm& vm, Value* arguments, int count) {
  fail("E3004", "panic: " + (count == 0 ? std::string() : display(vm, arguments[0])));
}

Value same(Vm&, Value* arguments, int) { return kept(arguments[0]); }

Value type_of(Vm& vm, Value* arguments, int) {
  const Value value = arguments[0];
  const bool named = is(value, Kind::kInstance) || is(value, Kind::kEnum);
  return vm.text(named ? std::string(text_of(vm.type_of(value)->name))
                       : type_name(value));
}

Value make_some(Vm& vm, Value* arguments, int) { return vm.some(kept(arguments[0])); }
Value make_ok(Vm& vm, Value* arguments, int count) {
  return vm.ok(count == 0 ? Value() : kept(arguments[0]));
}
Value make_err(Vm& vm, Value* arguments, int count) {
  return vm.err(count == 0 ? Value() : kept(arguments[0]));
}

Value hash_of(Vm& vm, Value* arguments, int) {
  // Mixed: whoever asks takes the rest by a small number.
  return Value::of(
      static_cast<int64_t>(mix(hash(vm, arguments[0]), kHashSecrets.words[3] | 1) >> 1));
}

const NativeSpec kGlobals[] = {
    {"print", print, 0, -1},
    {"println", print, 0, -1},
    {"print_raw", print_raw, 0, -1},
    {"eprint", eprint, 0, -1},
    {"eprintln", eprint, 0, -1},
    {"eprint_raw", eprint_raw, 0, -1},
    {"dprint", eprint, 0, -1},
    {"dbg", dbg, 0, 1},
    {"input", input, 0, 1},
    {"len", len, 1, 1},
    {"min", min, 1, -1},
    {"max", max, 1, -1},
    {"abs", as_method<kAbs>, 1, 1},
    {"sqrt", as_method<kSqrt>, 1, 1},
    {"floor", as_method<kFloor>, 1, 1},
    {"ceil", as_method<kCeil>, 1, 1},
    {"round", as_method<kRound>, 1, 1},
    {"pow", as_method<kPow>, 2, 2},
    {"range", range, 1, 3},
    {"to_string", to_string, 1, 1},
    {"str", to_string, 1, 1},
    {"to_int", to_int, 1, 1},
    {"int", to_int, 1, 1},
    {"float", to_float, 1, 1},
    {"bool", to_bool, 1, 1},
    {"exit", exit_program, 0, 1},
    {"panic", panic, 0, 1},
    {"freeze", same, 1, 1},
    {"type_of", type_of, 1, 1},
    {"hash", hash_of, 1, 1},
    {"Some", make_some, 1, 1},
    {"Ok", make_ok, 0, 1},
    {"Err", make_err, 0, 1},
};

}  // namespace

void define_globals(Vm& vm) { define_all(vm, kGlobals); }

}  // namespace simple
