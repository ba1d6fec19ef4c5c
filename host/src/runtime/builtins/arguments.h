// How natives take what they are called with. A wrong argument is named by its place, not
// counting the receiver of a method: "`pad_left` expects text for its second argument,
// found i64".
#ifndef SIMPLE_RUNTIME_BUILTINS_ARGUMENTS_H_
#define SIMPLE_RUNTIME_BUILTINS_ARGUMENTS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/operations.h"
#include "runtime/vm.h"

namespace simple {

[[noreturn]] void wrong_argument(const char* function, int place, const char* expected,
                                 Value found);

// Whether there is an argument at this index of `arguments`.
inline bool given(const Value* arguments, int count, int index) {
  return index < count && !arguments[index].is_missing();
}

inline std::string_view expect_text(Value value, const char* function, int place) {
  if (!is_text(value)) wrong_argument(function, place, "text", value);
  return text(value);
}
inline int64_t expect_integer(Value value, const char* function, int place) {
  if (!value.is_integral()) wrong_argument(function, place, "i64", value);
  return value.integer;
}
double expect_number(Value value, const char* function, int place);
inline Array* expect_array(Value value, const char* function, int place) {
  if (!is(value, Kind::kArray)) wrong_argument(function, place, "an array", value);
  return as<Array>(value);
}
inline Table* expect_table(Value value, Kind kind, const char* function, int place) {
  if (!is(value, kind)) {
    wrong_argument(function, place, kind == Kind::kDict ? "a dict" : "a set", value);
  }
  return as<Table>(value);
}

// What is returned or stored, and stays where it was as well.
inline Value kept(Value value) {
  share(value);
  return value;
}

// The items of an array (which is itself), a tuple, a set, a dict
// (its pairs), a range or a text (its characters); fails for others.
Array* items_of(Vm& vm, Value items, const char* function, int place);

// The displays of the elements with a text between them.
Value joined(Vm& vm, const Array* array, Value separator);
// The next line of the standard input without its end, or false at its end.
bool read_stdin_line(std::string& line);

template <size_t count>
void define_all(Vm& vm, const NativeSpec (&specs)[count]) {
  vm.define(specs, count);
}
template <size_t count>
void define_all(Vm& vm, Type* type, const NativeSpec (&specs)[count]) {
  vm.define_methods(type, specs, count);
}
// Functions of a type itself: Set.from(xs).
void define_statics(Vm& vm, Type* type, std::span<const NativeSpec> specs);

// Parts of define_arrays, define_dicts and define_system that have files of their own.
void define_sorting(Vm& vm);
void define_tuples(Vm& vm);
void define_ranges(Vm& vm);
void define_sets(Vm& vm);
void define_files(Vm& vm);
void define_processes(Vm& vm);
void define_math(Vm& vm);
void define_text_search(Vm& vm);

}  // namespace simple

#endif
