// How anything is called, and what a method's name means for a receiver.

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>

#include "runtime/interpreter.h"
#include "runtime/native_stack.h"
#include "runtime/operations.h"
#include "sffi/extern.h"
#include "syntax/spelling.h"

namespace simple {
namespace {

// Machines inside the machine: natives that call back, in natives that call back, …
constexpr size_t kMostNested = 300;
// Arguments of a call with names whose order is kept.
constexpr int kMostArranged = 16;

// Whether a tuple is a variadic tail with names: it has one label more than items, which
// is none. Spreading it gives the arguments their names back; other tuples have no such
// names.
bool is_named_tail(const Tuple* tuple) {
  return tuple->labels != nullptr && tuple->labels->size() > tuple->small;
}

// Lists of labels live as long as the process, and there is one of each.
const std::vector<Symbol>* interned_labels(std::vector<Symbol> labels) {
  static std::unordered_map<std::string, std::unique_ptr<std::vector<Symbol>>> known;
  const std::string key(reinterpret_cast<const char*>(labels.data()),
                        labels.size() * sizeof(Symbol));
  auto& found = known[key];
  if (!found) found = std::make_unique<std::vector<Symbol>>(std::move(labels));
  return found.get();
}

}  // namespace

void Interpreter::overflow() {
  fail("E3003",
       "stack overflow: " + std::to_string(frame_ - frames_) + " calls are open");
}

// ---- Calling

// Makes the arguments in registers those that a function takes.
void Interpreter::arrange(FunctionCode* code, Value* base, int count) {
  const int self = code->is_method ? 1 : 0;
  const int fixed = code->positional();
  if (count < code->required || (count > fixed && !code->variadic)) {
    std::string expected = std::to_string(fixed - self);
    if (code->variadic) {
      expected = "at least " + std::to_string(code->required - self);
    } else if (code->required != fixed) {
      expected = std::to_string(code->required - self) + " to " + expected;
    }
    fail("E1020", "in call to `" + std::string(text_of(code->name)) +
                      "` (declared at line " + std::to_string(code->line) +
                      "): function expects " + expected + " argument(s), but " +
                      std::to_string(count - self) + " were provided");
  }
  if (base + code->parameters >= stack_end_) overflow();
  if (code->variadic) {
    const int more = std::max(count - fixed, 0);
    Tuple* rest = heap_.tuple(static_cast<uint32_t>(more));
    for (int i = 0; i < more; ++i) {
      rest->slots()[i] = base[fixed + i];
      share(base[fixed + i]);
    }
    base[fixed] = Value::of(static_cast<Object*>(rest));
    for (int i = fixed + 1; i < code->parameters; ++i) base[i] = Value::missing();
  }
  for (int i = count; i < fixed; ++i) base[i] = Value::missing();
}

Value Interpreter::call(Value callee, std::span<const Value> arguments) {
  if (nesting_ >= kMostNested) {
    fail("E3003", "stack overflow: " + std::to_string(nesting_) +
                      " built-in functions wait for functions that they called");
  }
  check_native_stack();
  Value* window = top();
  if (window + arguments.size() + 2 >= stack_end_) overflow();
  std::copy(arguments.begin(), arguments.end(), window);
  high_water_ = std::max(high_water_, window + arguments.size() + 2);
  Value result;
  if (call_value(callee, window, static_cast<int>(arguments.size()), &result))
    return result;
  struct Nesting {
    size_t& count;
    explicit Nesting(size_t& n) : count(n) { ++count; }
    ~Nesting() { --count; }
  } nesting(nesting_);
  return run(frame_);
}

Value Interpreter::call_method(Value receiver, Object* method,
                               std::span<const Value> arguments) {
  Value* window = top();
  if (window + arguments.size() + 2 >= stack_end_) overflow();
  const int count = static_cast<int>(arguments.size()) + 1;
  window[0] = receiver;
  std::copy(arguments.begin(), arguments.end(), window + 1);
  high_water_ = std::max(high_water_, window + count + 1);
  if (method->kind == Kind::kNative) {
    return call_native(static_cast<Native*>(method)->spec, window, count, true);
  }
  return call(Value::of(method), {window, static_cast<size_t>(count)});
}

Value Interpreter::call_native(const NativeSpec* spec, Value* base, int count,
                               bool is_method) {
  const int given = count - (is_method ? 1 : 0);
  if (given < spec->least || (spec->most >= 0 && given > spec->most)) {
    std::string expected = std::to_string(spec->least);
    if (spec->most < 0) {
      expected = "at least " + expected;
    } else if (spec->most != spec->least) {
      expected += " to " + std::to_string(spec->most);
    }
    fail("E1020", "in call to `" + std::string(spec->name) + "`: function expects " +
                      expected + " argument(s), but " + std::to_string(given) +
                      " were provided");
  }
  Reserve reserve(*this, base + count);
  return spec->function(vm_, base, count);
}

bool Interpreter::call_value(Value callee, Value* base, int count, Value* result) {
  if (callee.is_object()) {
    switch (callee.object->kind) {
      case Kind::kClosure:
        enter(as<Closure>(callee), base, count, result);
        return false;
      case Kind::kNative: {
        const NativeSpec* spec = static_cast<Native*>(callee.object)->spec;
        const Value value = call_native(spec, base, count, false);
        *result = value;
        return true;
      }
      case Kind::kExtern: {
        Reserve reserve(*this, base + count);
        const Value value =
            simple::call(vm_, *static_cast<ExternFunction*>(callee.object), base, count);
        *result = value;
        return true;
      }
      case Kind::kBound: {
        // The receiver goes before the arguments, above everything that is in use.
        const auto* bound = as<Bound>(callee);
        Value* window = std::max(top(), base + count);
        if (window + count + 1 >= stack_end_) overflow();
        window[0] = bound->receiver;
        std::copy(base, base + count, window + 1);
        high_water_ = std::max(high_water_, window + count + 1);
        if (bound->method->kind == Kind::kNative) {
          const Value value = call_native(static_cast<Native*>(bound->method)->spec,
                                          window, count + 1, true);
          *result = value;
          return true;
        }
        return call_value(Value::of(bound->method), window, count + 1, result);
      }
      case Kind::kType: {
        auto* type = as<Type>(callee);
        if (const auto make = type->statics.find(names_.make);
            make != type->statics.end() && make->second->kind == Kind::kClosure &&
            static_cast<Closure*>(make->second)->code->parameters == count) {
          return call_value(Value::of(make->second), base, count, result);
        }
        if (type->constructor != nullptr) {
          return call_value(Value::of(type->constructor), base, count, result);
        }
        break;
      }
      case Kind::kInstance: {
        if (const Method* method = as<Instance>(callee)->type->find(names_.call)) {
          Value* window = std::max(top(), base + count);
          if (window + count + 1 >= stack_end_) overflow();
          window[0] = callee;
          std::copy(base, base + count, window + 1);
          high_water_ = std::max(high_water_, window + count + 1);
          return call_value(Value::of(method->callable), window, count + 1, result);
        }
        break;
      }
      default:
        break;
    }
  }
  fail("E1002", "a value of type " + type_name(callee) + " cannot be called");
}

// The receiver of a bound method, or an object that is called, goes before the arguments.
bool Interpreter::call_named_with_receiver(Site& site, int before, Value receiver,
                                           Value callee, Value* base, int count,
                                           Value* result) {
  Value* window = std::max(top(), base + count);
  if (window + count + 1 >= stack_end_) overflow();
  window[0] = receiver;
  std::copy(base, base + count, window + 1);
  high_water_ = std::max(high_water_, window + count + 1);
  return call_named(site, before + 1, callee, window, count + 1, result);
}

// Keeps which argument is for which parameter, if that is all there is to do: functions
// with a variadic parameter, and calls that fail, are looked at each time.
void Interpreter::arrange_named(Site& site, int before, const FunctionCode* code,
                                int count) {
  site.arranged_for = nullptr;
  const int self = code->is_method ? 1 : 0;
  if (code->variadic || count < self || count > kMostArranged) return;
  site.arrangement.assign(code->parameters, Site::kNotGiven);
  if (self != 0 && count > 0) site.arrangement[0] = 0;
  for (int i = self; i < count; ++i) {
    const Symbol name = site.argument_name(i, before);
    if (!name) continue;
    const auto found =
        std::find(code->parameter_names.begin(), code->parameter_names.end(), name);
    if (found == code->parameter_names.end()) return;
    const auto at = static_cast<size_t>(self + (found - code->parameter_names.begin()));
    if (site.arrangement[at] != Site::kNotGiven) return;
    site.arrangement[at] = static_cast<int16_t>(i);
  }
  size_t next = static_cast<size_t>(self);
  for (int i = self; i < count; ++i) {
    if (site.argument_name(i, before)) continue;
    while (next < site.arrangement.size() && site.arrangement[next] != Site::kNotGiven) {
      ++next;
    }
    if (next == site.arrangement.size()) return;
    site.arrangement[next++] = static_cast<int16_t>(i);
  }
  for (size_t i = static_cast<size_t>(self); i < site.arrangement.size(); ++i) {
    const bool may_miss = code->optional[i - static_cast<size_t>(self)];
    if (site.arrangement[i] == Site::kNotGiven && !may_miss) return;
  }
  site.arranged_for = code;
  site.arranged_before = before;
}

// Arguments with names: put where the function has its parameters. A name that is no
// parameter's becomes the label of a variadic argument.
bool Interpreter::call_named(Site& site, int before, Value callee, Value* base, int count,
                             Value* result) {
  FunctionCode* code = nullptr;
  if (is(callee, Kind::kType) && as<Type>(callee)->constructor != nullptr) {
    callee = Value::of(as<Type>(callee)->constructor);
  }
  if (is(callee, Kind::kClosure)) code = as<Closure>(callee)->code;
  if (is(callee, Kind::kBound)) {
    const auto* bound = as<Bound>(callee);
    return call_named_with_receiver(site, before, bound->receiver,
                                    Value::of(bound->method), base, count, result);
  }
  if (is(callee, Kind::kInstance)) {
    if (const Method* method = as<Instance>(callee)->type->find(names_.call)) {
      return call_named_with_receiver(site, before, callee, Value::of(method->callable),
                                      base, count, result);
    }
  }
  if (code == nullptr) {
    fail("E1020", "this function takes no named arguments");
  }
  if (site.arranged_for != code || site.arranged_before != before) {
    arrange_named(site, before, code, count);
  }
  if (site.arranged_for == code) {
    if (base + code->registers >= stack_end_) overflow();
    Value given[kMostArranged];
    std::copy(base, base + count, given);
    for (size_t i = 0; i < site.arrangement.size(); ++i) {
      const int16_t from = site.arrangement[i];
      base[i] = from == Site::kNotGiven ? Value::missing() : given[from];
    }
    push_frame(as<Closure>(callee), base, result);
    return false;
  }
  const int self = code->is_method ? 1 : 0;
  std::vector<Value> arranged(code->parameters, Value::missing());
  std::vector<Value> rest;
  std::vector<std::pair<Symbol, Value>> labelled;
  const int fixed = code->positional();
  if (self != 0 && count > 0) arranged[0] = base[0];
  for (int i = self; i < count; ++i) {
    const Symbol name = site.argument_name(i, before);
    if (!name) continue;
    const auto found =
        std::find(code->parameter_names.begin(), code->parameter_names.end(), name);
    const std::string text(text_of(name));
    if (found == code->parameter_names.end()) {
      if (code->variadic && code->only_named == 0) {
        labelled.emplace_back(name, base[i]);
        continue;
      }
      Nearest nearest(text);
      for (Symbol each : code->parameter_names) nearest.consider(text_of(each));
      fail("E1020", nearest.after("in call to `" + std::string(text_of(code->name)) +
                                  "` (declared at line " + std::to_string(code->line) +
                                  "): there is no parameter `" + text + "`"));
    }
    Value& slot =
        arranged[static_cast<size_t>(self + (found - code->parameter_names.begin()))];
    if (!slot.is_missing()) fail("E1020", "argument `" + text + "` is given twice");
    slot = base[i];
  }
  int next = self;
  for (int i = self; i < count; ++i) {
    if (site.argument_name(i, before)) continue;
    while (next < fixed && !arranged[static_cast<size_t>(next)].is_missing()) ++next;
    if (next < fixed) {
      arranged[static_cast<size_t>(next++)] = base[i];
    } else {
      rest.push_back(base[i]);
    }
  }
  std::vector<Symbol> labels(labelled.empty() ? 0 : rest.size());
  for (const auto& [name, value] : labelled) {
    labels.push_back(name);
    rest.push_back(value);
  }
  if (!labels.empty()) labels.emplace_back();
  int given = fixed;
  while (given > 0 && arranged[static_cast<size_t>(given - 1)].is_missing()) --given;
  for (int i = self; i < given; ++i) {
    if (arranged[static_cast<size_t>(i)].is_missing() &&
        !code->optional[static_cast<size_t>(i - self)]) {
      fail(
          "E1020",
          "in call to `" + std::string(text_of(code->name)) + "` (declared at line " +
              std::to_string(code->line) + "): argument `" +
              std::string(text_of(code->parameter_names[static_cast<size_t>(i - self)])) +
              "` is missing");
    }
  }
  Value* window = base;
  if (code->only_named != 0) {
    Value& variadic = arranged[static_cast<size_t>(fixed)];
    if (variadic.is_missing()) {
      Tuple* tuple = heap_.tuple(static_cast<uint32_t>(rest.size()));
      std::copy(rest.begin(), rest.end(), tuple->slots());
      for (const Value& value : rest) share(value);
      variadic = Value::of(static_cast<Object*>(tuple));
    }
    if (window + code->parameters + code->registers >= stack_end_) overflow();
    std::copy(arranged.begin(), arranged.end(), window);
    push_frame(as<Closure>(callee), window, result);
    return false;
  }
  const size_t total = static_cast<size_t>(rest.empty() ? given : fixed) + rest.size();
  if (window + total + code->registers >= stack_end_) overflow();
  std::copy(arranged.begin(), arranged.begin() + (rest.empty() ? given : fixed), window);
  std::copy(rest.begin(), rest.end(), window + fixed);
  const bool done = call_value(callee, window, static_cast<int>(total), result);
  if (labels.empty()) return done;
  // The function has been entered, and its variadic parameter holds the tuple.
  as<Tuple>(frame_->base[fixed])->labels = interned_labels(std::move(labels));
  return done;
}

// f(xs..., k: v): the arguments of a call that are counted only when it is made, in an
// array. `names` is nil until one of them has a name, then the names of all so far.
void Interpreter::name_arguments(Array* arguments, Value& names, int64_t before) {
  if (names.is_nil()) {
    names = Value::of(static_cast<Object*>(heap_.array(Elements::kValues, 0)));
  }
  auto* list = as<Array>(names);
  while (list->length < std::min(before, arguments->length)) heap_.push(list, Value());
}

void Interpreter::spread_arguments(Array* arguments, Value values, Value& names) {
  const int64_t before = arguments->length;
  extend(arguments, values);
  if (!is(values, Kind::kTuple) || !is_named_tail(as<Tuple>(values))) return;
  name_arguments(arguments, names, before);
  for (uint32_t i = 0; i < as<Tuple>(values)->small; ++i) {
    const Symbol label = (*as<Tuple>(values)->labels)[i];
    heap_.push(as<Array>(names), label ? Value::of(label) : Value());
  }
}

void Interpreter::name_last_argument(Array* arguments, Value& names, Symbol name) {
  name_arguments(arguments, names, arguments->length - 1);
  heap_.push(as<Array>(names), Value::of(name));
}

bool Interpreter::call_spread(Value callee, Value* base, int count, Value names,
                              Value* result) {
  if (names.is_nil()) return call_value(callee, base, count, result);
  Site site;
  const auto* list = as<Array>(names);
  for (int i = 0; i < count; ++i) {
    const Value name = i < list->length ? list->get(i) : Value();
    site.argument_names.push_back(name.is_nil() ? Symbol() : name.symbol());
  }
  return call_named(site, 0, callee, base, count, result);
}

// ---- Methods

namespace {

const Type* type_with_operators(Value value) {
  if (is(value, Kind::kInstance)) return as<Instance>(value)->type;
  return is(value, Kind::kHandle) ? as<Handle>(value)->type : nullptr;
}

Closure* closure_of(const Type* type, Symbol name) {
  const Method* method = type->find(name);
  const bool in_simple = method != nullptr && method->callable->kind == Kind::kClosure;
  return in_simple ? static_cast<Closure*>(method->callable) : nullptr;
}

}  // namespace

Closure* Interpreter::operator_method(ast::BinaryOp op, bool into, Value left,
                                      Value right, bool& reflected) const {
  const auto index = static_cast<size_t>(op);
  if (const Type* type = type_with_operators(left)) {
    if (into) {
      if (Closure* changes = closure_of(type, names_.in_place[index])) return changes;
    }
    // With a number on the right, add_scalar and the like come first; see arithmetic().
    if (index < std::size(names_.with_numbers) && right.is_number() &&
        type->find(names_.with_numbers[index]) != nullptr) {
      return nullptr;
    }
    return closure_of(type, names_.operators[index]);
  }
  // A number has no operators for what is on its right.
  const Type* type = left.is_number() ? type_with_operators(right) : nullptr;
  reflected = type != nullptr;
  return reflected ? closure_of(type, names_.reflected[index]) : nullptr;
}

void Interpreter::find_static(Site& site, Type* type) {
  if (const auto found = type->statics.find(site.name); found != type->statics.end()) {
    site.target = found->second;
    site.found = found->second->kind == Kind::kNative ? Site::Found::kStaticNative
                                                      : Site::Found::kStatic;
    return;
  }
  for (size_t i = 0; i < type->variants.size(); ++i) {
    if (type->variants[i].name == site.name) {
      site.slot = static_cast<int32_t>(i);
      site.found = Site::Found::kVariant;
      return;
    }
  }
  if (site.name == names_.make && type->constructor != nullptr) {
    site.target = type->constructor;
    site.found = Site::Found::kMake;
    return;
  }
  // Type.method(object, …)
  if (const Method* method = type->find(site.name)) {
    site.target = method->callable;
    site.found = method->callable->kind == Kind::kNative ? Site::Found::kStaticNative
                                                         : Site::Found::kStatic;
  }
}

void Interpreter::find_method(Site& site, Value receiver) {
  site.key = nullptr;
  site.found = Site::Found::kNothing;
  site.mutates = false;
  site.shares = false;
  site.target = nullptr;
  if (is(receiver, Kind::kType)) {
    find_static(site, as<Type>(receiver));
    if (site.found != Site::Found::kNothing) {
      site.key = receiver.object;
      return;
    }
  }
  const Method* method = vm_.type_of(receiver)->find(site.name);
  if (method == nullptr && is(receiver, Kind::kInstance)) {
    // A field that holds a function comes before the methods that every value has.
    auto* type = as<Instance>(receiver)->type;
    const int32_t field = type->field_index(site.name);
    if (field >= 0) {
      site.slot = field;
      site.found = Site::Found::kFieldCall;
      site.key = type;
      return;
    }
  }
  if (method == nullptr) method = vm_.find_method(receiver, site.name);
  if (method != nullptr) {
    site.target = method->callable;
    site.mutates = method->mutates;
    site.found = method->callable->kind == Kind::kNative ? Site::Found::kNative
                                                         : Site::Found::kClosure;
    site.shares = site.reachable && !site.mutates &&
                  (site.found == Site::Found::kNative
                       ? site.passes_function
                       : static_cast<Closure*>(site.target)->code->calls_out);
    site.key = vm_.type_of(receiver);
    return;
  }
  // with: what has no such methods is left alone.
  if (site.name == names_.enter_name || site.name == names_.close_name) return;
  if (site.fallback != nullptr) {
    site.found = Site::Found::kFunction;
    site.key = vm_.type_of(receiver);
    return;
  }
  if (const Method* missing = vm_.find_method(receiver, names_.method_missing)) {
    site.target = missing->callable;
    site.found = Site::Found::kMissing;
    site.key = vm_.type_of(receiver);
    return;
  }
  method_not_found(site, receiver);
}

void Interpreter::method_not_found(const Site& site, Value receiver) {
  const std::string name(text_of(site.name));
  Nearest nearest(name);
  if (is(receiver, Kind::kType)) {
    const std::string type(text_of(as<Type>(receiver)->name));
    for (const auto& [each, target] : as<Type>(receiver)->statics) {
      nearest.consider(text_of(each));
    }
    fail("E1013",
         nearest.after("method `" + name + "` not found on type `" + type + "`"));
  }
  for (const auto& [each, method] : vm_.type_of(receiver)->methods) {
    nearest.consider(text_of(each));
  }
  std::string type = type_name(receiver);
  if (is(receiver, Kind::kInstance) || is(receiver, Kind::kEnum) ||
      is(receiver, Kind::kHandle)) {
    type = text_of(vm_.type_of(receiver)->name);
  }
  fail("E1013", nearest.after("method `" + name + "` not found on type `" + type + "`"));
}

Value Interpreter::native_method(Site& site, Value* base, int count) {
  const NativeSpec* spec = static_cast<Native*>(site.target)->spec;
  if (!site.argument_names.empty()) {
    fail("E1020", "`" + std::string(spec->name) + "` takes no named arguments");
  }
  const int given = count - 1;
  if (given >= spec->least && (given <= spec->most || spec->most < 0)) [[likely]] {
    return spec->function(vm_, base, count);
  }
  return call_native(spec, base, count, true);
}

// The less common things that a method call can be.
bool Interpreter::call_found(Site& site, Value* base, int count, Value* result) {
  const bool named = !site.argument_names.empty();
  const auto go = [&](Value callee, Value* from, int arguments) {
    if (!named) return call_value(callee, from, arguments, result);
    return call_named(site, arguments - count, callee, from, arguments, result);
  };
  switch (site.found) {
    case Site::Found::kStatic:
    case Site::Found::kMake:
      return go(Value::of(site.target), base + 1, count - 1);
    case Site::Found::kStaticNative: {
      const Value value = call_native(static_cast<Native*>(site.target)->spec, base + 1,
                                      count - 1, false);
      *result = value;
      return true;
    }
    case Site::Found::kVariant: {
      auto* type = as<Type>(base[0]);
      const auto variant = static_cast<uint32_t>(site.slot);
      if (type->variants[variant].fields.size() != static_cast<size_t>(count - 1)) {
        fail("E1020", "variant `" + std::string(text_of(type->name)) + "." +
                          std::string(text_of(site.name)) + "` expects " +
                          std::to_string(type->variants[variant].fields.size()) +
                          " argument(s), but " + std::to_string(count - 1) +
                          " were provided");
      }
      const Value value =
          make_variant(type, variant, base + 1, static_cast<uint32_t>(count - 1));
      *result = value;
      return true;
    }
    case Site::Found::kFieldCall: {
      const Value field = as<Instance>(base[0])->fields()[site.slot];
      return go(field, base + 1, count - 1);
    }
    case Site::Found::kFunction:
      if (!named) return call_value(*site.fallback, base, count, result);
      return go(*site.fallback, base, count);
    case Site::Found::kMissing: {
      Array* arguments = heap_.array(Elements::kValues, 0);
      for (int i = 1; i < count; ++i) {
        share(base[i]);
        heap_.push(arguments, base[i]);
      }
      Value* window = std::max(top(), base + count);
      window[0] = base[0];
      window[1] = vm_.text(text_of(site.name));
      window[2] = Value::of(static_cast<Object*>(arguments));
      // method_missing(name, args, block): blocks are among the arguments.
      window[3] = Value();
      const int given = takes(site.target, 4) ? 4 : 3;
      high_water_ = std::max(high_water_, window + given);
      return call_value(Value::of(site.target), window, given, result);
    }
    case Site::Found::kNothing: {
      // `with`: enters and closes what can be entered and closed.
      if (site.name == names_.enter_name) {
        if (const Method* method = vm_.find_method(base[0], names_.enter)) {
          return call_value(Value::of(method->callable), base, 1, result);
        }
        *result = base[0];
        return true;
      }
      for (const Symbol name : {names_.exit, names_.close}) {
        if (const Method* method = vm_.find_method(base[0], name)) {
          // __exit__(exc): failures are no values, so it gets nil.
          const int given = takes(method->callable, 2) ? 2 : 1;
          Value* window = std::max(top(), base + count);
          window[0] = base[0];
          window[1] = Value();
          high_water_ = std::max(high_water_, window + given);
          return call_value(Value::of(method->callable), window, given, result);
        }
      }
      *result = Value();
      return true;
    }
    default:
      break;
  }
  method_not_found(site, base[0]);
}

Value Interpreter::get_method(Site& site, Value receiver) {
  if (is(receiver, Kind::kType)) {
    Site probe;
    probe.name = site.name;
    find_static(probe, as<Type>(receiver));
    if (probe.target != nullptr) return Value::of(probe.target);
  }
  if (const Method* method = vm_.find_method(receiver, site.name)) {
    share(receiver);
    return Value::of(static_cast<Object*>(heap_.bound(receiver, method->callable)));
  }
  if (is(receiver, Kind::kInstance)) {
    const int32_t field = as<Instance>(receiver)->type->field_index(site.name);
    if (field >= 0) return as<Instance>(receiver)->fields()[field];
  }
  method_not_found(site, receiver);
}

// &:len is a function that calls the method of its argument: a native bound to the name.
Value Interpreter::method_reference(Symbol name) {
  static const NativeSpec spec{
      "<method>",
      [](Vm& vm, Value* arguments, int count) -> Value {
        // The name, then the receiver.
        const Symbol wanted = arguments[0].symbol();
        if (const Method* method = vm.find_method(arguments[1], wanted)) {
          return vm.call_method(arguments[1], *method,
                                {arguments + 2, static_cast<size_t>(count - 2)});
        }
        if (is(arguments[1], Kind::kInstance)) {
          const int32_t field = as<Instance>(arguments[1])->type->field_index(wanted);
          if (field >= 0) return as<Instance>(arguments[1])->fields()[field];
        }
        fail("E1013", "method `" + std::string(text_of(wanted)) +
                          "` not found on type `" + type_name(arguments[1]) + "`");
      },
      1, -1};
  return Value::of(
      static_cast<Object*>(heap_.bound(Value::of(name), heap_.native(&spec))));
}

// f >> g calls f, then g with what came out.
Value Interpreter::compose(Value first, Value second) {
  static const NativeSpec spec{
      "<composition>",
      [](Vm& vm, Value* arguments, int count) -> Value {
        const Value second_function = as<Tuple>(arguments[0])->items()[1];
        const Value inner[] = {vm.call(as<Tuple>(arguments[0])->items()[0],
                                       {arguments + 1, static_cast<size_t>(count - 1)})};
        return vm.call(second_function, inner);
      },
      0, -1};
  share(first);
  share(second);
  return Value::of(
      static_cast<Object*>(heap_.bound(vm_.tuple({first, second}), heap_.native(&spec))));
}

// ---- Failures

bool Interpreter::unwind(Frame* boundary) {
  for (;;) {
    Frame* frame = frame_;
    const auto at = static_cast<uint32_t>(frame->pc - frame->code->code.data());
    // Each handler is entered at most once. Code from the cache could lead from one into
    // itself, for ever.
    const auto entered =
        std::count_if(pending_.begin(), pending_.end(),
                      [&](const Pending& pending) { return pending.frame == frame; });
    const bool more = static_cast<size_t>(entered) < frame->code->handlers.size();
    for (const HandlerImage& handler : frame->code->handlers) {
      if (!more) break;
      if (at < handler.start || at >= handler.end) continue;
      // What is thrown again goes outwards, and so further.
      if (handler.target <= at && frame->pc->op == Op::kRethrow) continue;
      // Now, because what is done on the way out moves on from here.
      note_current();
      pending_.push_back({std::current_exception(), frame});
      frame->pc = frame->code->code.data() + handler.target;
      return true;
    }
    note_current();
    while (!pending_.empty() && pending_.back().frame >= frame) pending_.pop_back();
    --frame_;
    if (frame == boundary) return false;
  }
}

// Adds the function that runs to what the failure in flight tells, once.
void Interpreter::note_current() const {
  try {
    throw;
  } catch (Failure& failure) {
    if (failure.noted != frame_) note(failure);
    failure.noted = frame_;
  } catch (const std::bad_alloc&) {
    // Nothing to note it in.
  } catch (const Exit&) {
  }
}

void Interpreter::note(Failure& failure) const {
  const Frame& frame = *frame_;
  const auto index = static_cast<size_t>(frame.pc - frame.code->code.data());
  Module* module = frame.code->module;
  if (module->is_library) return;
  const Span at = frame.code->spans[index];
  const Source& source = module->text();
  const Place place = source.place(at.start);
  const bool is_inside = module->is_package && failure.trace.empty();
  std::string& excerpt = is_inside ? failure.inside_excerpt : failure.excerpt;
  std::vector<TraceLine>& trace = is_inside ? failure.inside : failure.trace;
  if (excerpt.empty()) excerpt = render("", source, at);
  constexpr size_t kMostLines = 64;
  if (trace.size() < kMostLines) {
    trace.push_back(
        {std::string(text_of(frame.code->name)), module->name, place.line, place.column});
  }
}

bool Interpreter::current_place(std::string& file, uint32_t& line,
                                std::string& excerpt) const {
  for (const Frame* frame = frame_; frame != frames_; --frame) {
    Module* module = frame->code->module;
    if (module->is_library || module->is_package) continue;
    const auto index = static_cast<size_t>(frame->pc - frame->code->code.data());
    const Span at = frame->code->spans[index];
    file = module->name;
    line = module->text().place(at.start).line;
    excerpt = module->text().line(line);
    return true;
  }
  return false;
}

}  // namespace simple
