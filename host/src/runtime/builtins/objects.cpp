// rt_object_…: what programs can ask about objects whose types they do not know.
#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/operations_impl.h"

namespace simple {
namespace {

Instance* instance_argument(Value value, const char* function) {
  if (!is(value, Kind::kInstance)) wrong_argument(function, 1, "an object", value);
  return as<Instance>(value);
}

// The place of a field that the caller names; fails if there is none.
size_t field_argument(const Value* arguments, const char* function) {
  const Type* type = instance_argument(arguments[0], function)->type;
  const std::string_view name = expect_text(arguments[1], function, 2);
  const int32_t index = type->field_index(intern(name));
  if (index < 0) {
    fail("E1012", "class `" + std::string(text_of(type->name)) +
                      "` has no field named `" + std::string(name) + "`");
  }
  return static_cast<size_t>(index);
}

// rt_object_fields(x): (name, value, type as it is written) of each field, in the order
// of their declarations, or nil if x is no object of a class or struct.
Value fields(Vm& vm, Value* arguments, int) {
  if (!is(arguments[0], Kind::kInstance)) return Value();
  auto* object = as<Instance>(arguments[0]);
  Array* result = vm.heap().array(Elements::kValues, 0);
  for (size_t i = 0; i < object->type->fields.size(); ++i) {
    const Field& field = object->type->fields[i];
    Tuple* described = vm.heap().tuple(3);
    described->slots()[0] = vm.text(text_of(field.name));
    described->slots()[1] = kept(object->fields()[i]);
    described->slots()[2] = vm.text(text_of(field.type));
    vm.heap().push(result, Value::of(static_cast<Object*>(described)));
  }
  return Value::of(static_cast<Object*>(result));
}

Value get(Vm&, Value* arguments, int) {
  const size_t field = field_argument(arguments, "rt_object_get");
  return kept(as<Instance>(arguments[0])->fields()[field]);
}

// Of an object of a class; a struct is a value, and its holders would not see it.
Value set(Vm&, Value* arguments, int) {
  const size_t field = field_argument(arguments, "rt_object_set");
  if (copies(arguments[0].object)) {
    wrong_argument("rt_object_set", 1, "an object of a class", arguments[0]);
  }
  as<Instance>(arguments[0])->slots()[field] = kept(arguments[2]);
  return Value();
}

// Another object of the same class with the same fields.
Value copy(Vm& vm, Value* arguments, int) {
  Instance* object = instance_argument(arguments[0], "rt_object_copy");
  return Value::of(static_cast<Object*>(vm.heap().copy(object)));
}

Value has_method(Vm& vm, Value* arguments, int) {
  const std::string_view name = expect_text(arguments[1], "rt_object_has_method", 2);
  return Value::of(vm.find_method(arguments[0], intern(name)) != nullptr);
}

// rt_object_id(x): a number that no other object has while x is there; 0 for what is no
// object.
Value id(Vm&, Value* arguments, int) {
  if (!arguments[0].is_object()) return Value::of(int64_t{0});
  return Value::of(static_cast<int64_t>(reinterpret_cast<intptr_t>(arguments[0].object)));
}

const NativeSpec kFunctions[] = {
    {"rt_object_fields", fields, 1, 1},
    {"rt_object_get", get, 2, 2},
    {"rt_object_set", set, 3, 3},
    {"rt_object_copy", copy, 1, 1},
    {"rt_object_has_method", has_method, 2, 2},
    {"rt_object_id", id, 1, 1},
};

}  // namespace

void define_objects(Vm& vm) { define_all(vm, kFunctions); }

}  // namespace simple
