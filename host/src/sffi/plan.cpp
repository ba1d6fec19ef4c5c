// The ways a native function is called. Most take and return words, doubles and handles;
// these have short ways that leave everything else, wrong arguments included, to the long
// one.
#include "sffi/plan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "runtime/failure.h"
#include "runtime/vm.h"
#include "sffi/callback.h"
#include "sffi/convert.h"
#include "sffi/kept.h"

namespace simple {
namespace {

std::string quoted(const ExternFunction& function) {
  return "`" + std::string(text_of(function.declaration.name)) + "`";
}

// ---- The long way, for everything

// The callbacks of one call. What C was not given, because something failed before, goes.
class Given {
 public:
  explicit Given(Externs& externs) : externs_(externs) {}
  ~Given() {
    for (Callback* callback : callbacks_) externs_.drop_callback(callback);
  }
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;
  void add(Callback* callback) { callbacks_.push_back(callback); }
  void hand_over() { callbacks_.clear(); }

 private:
  Externs& externs_;
  std::vector<Callback*> callbacks_;
};

// Three words for each function value, where its parameter is.
void put_functions(ExternFunction& function, Frame& frame, Value* arguments,
                   Given& given) {
  const ExternPlan& plan = *function.plan;
  // The words so far lack them, so everything is moved to its place from the end.
  int room = 0;
  for (const BoundaryType& type : plan.parameters) room += type.shape == Shape::kFunction;
  int from = frame.word_count;
  frame.word_count += 3 * room;
  int to = frame.word_count;
  for (size_t i = plan.parameters.size(); i-- > 0;) {
    const BoundaryType& type = plan.parameters[i];
    if (type.shape != Shape::kFunction) {
      if (type.shape == Shape::kFloat) continue;
      for (int n = slots_of(type.shape); n > 0; --n)
        frame.words[--to] = frame.words[--from];
      continue;
    }
    to -= 3;
    const Purpose purpose{function.declaration.name, i + 1,
                          function.declaration.parameters[i].name};
    const Value value =
        check_function(function.externs->vm(), type, arguments[i], purpose);
    frame.words[to] = frame.words[to + 1] = frame.words[to + 2] = 0;
    if (value.is_nil()) continue;
    Callback* callback = function.externs->add_callback(type.function, value, function);
    given.add(callback);
    frame.words[to] = reinterpret_cast<int64_t>(type.function->code);
    frame.words[to + 1] = reinterpret_cast<int64_t>(callback);
    frame.words[to + 2] = reinterpret_cast<int64_t>(&destroy_callback);
  }
}

// What each array that is kept needs. It moves the elements of a small one.
void put_kept(ExternFunction& function, Frame& frame, const Value* arguments) {
  int64_t* word = frame.words;
  for (const BoundaryType& type : function.plan->parameters) {
    const Value value = *arguments++;
    if (type.shape == Shape::kKept) {
      Kept* kept = function.externs->keep_array(value);
      if (as<Array>(value)->length != 0) {
        word[0] = reinterpret_cast<int64_t>(as<Array>(value)->data);
      }
      word[1] = reinterpret_cast<int64_t>(kept);
      word[2] = reinterpret_cast<int64_t>(&destroy_kept);
    }
    if (type.shape != Shape::kFloat) word += slots_of(type.shape);
  }
}

// Runs native code; other threads may use the machine meanwhile if there are callbacks.
int64_t run_native(ExternFunction& function, Frame& frame) {
  Externs& externs = *function.externs;
  const Invoker& invoker = *function.plan->invoker;
  if (!externs.attention()) return invoker(frame.words, frame.doubles);
  const int depth = externs.gate().open();
  const int64_t bits = invoker(frame.words, frame.doubles);
  externs.gate().close(depth);
  return bits;
}

Value own_result(ExternFunction& function, const BoundaryType& type, int64_t bits) {
  if (type.shape == Shape::kBool && bits < 0) {
    // A failure that a bool cannot tell.
    using Message = const char* (*)();
    const auto message =
        reinterpret_cast<Message>(function.plan->library->find("error_message"));
    const char* why = message == nullptr ? nullptr : message();
    fail("", quoted(function) + " failed: " +
                 (why == nullptr ? "status " + std::to_string(bits) : std::string(why)));
  }
  return get(function.externs->vm(), type, bits);
}

Value call_any(ExternFunction& function, Value* arguments) {
  Externs& externs = *function.externs;
  Vm& vm = externs.vm();
  const ExternPlan& plan = *function.plan;
  Frame frame;
  for (size_t i = 0; i < plan.parameters.size(); ++i) {
    put(vm, frame, plan.parameters[i], arguments[i],
        {function.declaration.name, i + 1, function.declaration.parameters[i].name});
  }
  Given given(externs);
  if (plan.has_functions) put_functions(function, frame, arguments, given);
  // Two words for each further result, and one for the kind of a number.
  struct Out {
    int64_t bits[2] = {0, 0};
    int64_t kind = 0;
  };
  const size_t out_count = plan.results.size() - 1;
  Out* outs = nullptr;
  if (out_count != 0) {
    outs = frame.scratch.make<Out>(out_count);
    for (size_t i = 0; i < out_count; ++i) {
      outs[i] = Out();
      frame.pointer(outs[i].bits);
      if (plan.results[i + 1].shape == Shape::kScalar) frame.pointer(&outs[i].kind);
    }
  }
  if (plan.has_kept) put_kept(function, frame, arguments);
  given.hand_over();
  const int64_t bits = run_native(function, frame);
  if (plan.frees && is(arguments[0], Kind::kHandle)) as<Handle>(arguments[0])->handle = 0;
  // What came back is made into values also if a callback failed: they own it.
  Value result;
  const bool failed = externs.has_exception();
  if (out_count == 0) {
    if (!failed || plan.results[0].shape != Shape::kBool) {
      result = own_result(function, plan.results[0], bits);
    }
  } else {
    Tuple* tuple = vm.heap().tuple(static_cast<uint32_t>(out_count + 1));
    tuple->slots()[0] = get(vm, plan.results[0], bits);
    for (size_t i = 0; i < out_count; ++i) {
      const BoundaryType& type = plan.results[i + 1];
      tuple->slots()[i + 1] = type.shape == Shape::kScalar
                                  ? get_number(vm, outs[i].bits, outs[i].kind, false)
                                  : get(vm, type, outs[i].bits[0]);
    }
    result = Value::of(static_cast<Object*>(tuple));
  }
  if (externs.attention()) externs.sweep_callbacks();
  if (failed) externs.throw_exception();
  return result;
}

// ---- The short ways

// All parameters and the result are i64.
template <size_t... kIndex>
Value call_ints(ExternFunction& function, Value* arguments,
                std::index_sequence<kIndex...>) {
  const bool fits = (... && (arguments[kIndex].tag == Tag::kInt));
  if (!fits || function.externs->attention()) [[unlikely]] {
    return call_any(function, arguments);
  }
  using Function = int64_t (*)(decltype(static_cast<void>(kIndex), int64_t{})...);
  const int64_t result =
      reinterpret_cast<Function>(function.address)(arguments[kIndex].integer...);
  if (function.externs->has_exception()) [[unlikely]]
    function.externs->throw_exception();
  return Value::of(result);
}
template <size_t kCount>
Value call_ints(ExternFunction& function, Value* arguments) {
  return call_ints(function, arguments, std::make_index_sequence<kCount>());
}

// A number that goes into two registers as it is.
bool plain_number(const BoundaryType& type, Value value, int64_t* words) {
  const Shape shape = type.shape;
  if (value.is_nil()) {
    words[0] = 0;
    words[1] = static_cast<int64_t>(NumberKind::kNone);
    return type.optional || shape != Shape::kScalar;
  }
  if (value.tag == Tag::kInt && shape != Shape::kMaybeBool) {
    const bool as_float = shape == Shape::kMaybeFloat;
    words[0] = as_float ? std::bit_cast<int64_t>(static_cast<double>(value.integer))
                        : value.integer;
    words[1] = static_cast<int64_t>(as_float ? NumberKind::kFloat : NumberKind::kInt);
    return true;
  }
  if (value.tag == Tag::kFloat &&
      (shape == Shape::kScalar || shape == Shape::kMaybeFloat)) {
    words[0] = std::bit_cast<int64_t>(value.real);
    words[1] = static_cast<int64_t>(NumberKind::kFloat);
    return true;
  }
  if (value.tag == Tag::kBool &&
      (shape == Shape::kScalar || shape == Shape::kMaybeBool)) {
    words[0] = value.integer;
    words[1] = static_cast<int64_t>(NumberKind::kBool);
    return true;
  }
  return false;
}

// Words, doubles and handles that all have registers; `kResult` is likewise.
template <Shape kResult>
Value call_registers(ExternFunction& function, Value* arguments) {
  const ExternPlan& plan = *function.plan;
  Externs& externs = *function.externs;
  if (externs.attention()) [[unlikely]]
    return call_any(function, arguments);
  int64_t words[kWordRegisters] = {};
  double doubles[kDoubleRegisters];
  int64_t* word = words;
  double* real = doubles;
  const Value* argument = arguments;
  for (const BoundaryType& type : plan.parameters) {
    const Value value = *argument++;
    switch (type.shape) {
      case Shape::kHandle: {
        if (value.is_nil() && type.optional) {
          *word++ = 0;
          break;
        }
        if (!is(value, Kind::kHandle)) [[unlikely]]
          return call_any(function, arguments);
        const auto* handle = as<Handle>(value);
        if (handle->type != type.type || handle->handle == 0) [[unlikely]] {
          return call_any(function, arguments);
        }
        *word++ = handle->handle;
        break;
      }
      case Shape::kFloat:
        if (value.tag != Tag::kFloat) [[unlikely]]
          return call_any(function, arguments);
        *real++ = value.real;
        break;
      case Shape::kBool:
        if (value.tag != Tag::kBool) [[unlikely]]
          return call_any(function, arguments);
        *word++ = value.integer;
        break;
      case Shape::kScalar:
      case Shape::kMaybeInt:
      case Shape::kMaybeFloat:
      case Shape::kMaybeBool:
        if (!plain_number(type, value, word)) [[unlikely]]
          return call_any(function, arguments);
        word += 2;
        break;
      case Shape::kPacked: {
        if (!is(value, Kind::kArray)) [[unlikely]]
          return call_any(function, arguments);
        const auto* array = as<Array>(value);
        if (array->length == 0 || !type.takes(array->elements())) [[unlikely]] {
          return call_any(function, arguments);
        }
        *word++ = reinterpret_cast<int64_t>(array->data);
        break;
      }
      default:
        if (value.tag != Tag::kInt) [[unlikely]]
          return call_any(function, arguments);
        *word++ = value.integer;
        break;
    }
  }
  const int64_t bits = (*plan.invoker)(words, doubles);
  if (plan.frees && is(arguments[0], Kind::kHandle)) as<Handle>(arguments[0])->handle = 0;
  Value result;
  if constexpr (kResult == Shape::kHandle) {
    if (bits != 0) result = externs.own(plan.results[0].type, bits);
  } else if constexpr (kResult == Shape::kFloat) {
    result = Value::of(std::bit_cast<double>(bits));
  } else if constexpr (kResult == Shape::kBool) {
    result = own_result(function, plan.results[0], bits);
  } else if constexpr (kResult == Shape::kInt) {
    result = Value::of(bits);
  }
  if (externs.has_exception()) [[unlikely]]
    externs.throw_exception();
  return result;
}

using Invoke = Value (*)(ExternFunction& function, Value* arguments);

Invoke short_way(const ExternPlan& plan, bool portable) {
  if (portable || plan.results.size() != 1) return call_any;
  int words = 0;
  int doubles = 0;
  bool ints = plan.results[0].shape == Shape::kInt;
  for (const BoundaryType& type : plan.parameters) {
    ints = ints && type.shape == Shape::kInt;
    switch (type.shape) {
      case Shape::kFloat:
        ++doubles;
        break;
      case Shape::kInt:
      case Shape::kBool:
      case Shape::kHandle:
      case Shape::kPacked:
        ++words;
        break;
      case Shape::kScalar:
      case Shape::kMaybeInt:
      case Shape::kMaybeFloat:
      case Shape::kMaybeBool:
        words += 2;
        break;
      default:
        return call_any;
    }
  }
  if (ints) {
    static constexpr Invoke kInts[] = {call_ints<0>, call_ints<1>, call_ints<2>,
                                       call_ints<3>, call_ints<4>};
    if (static_cast<size_t>(words) < std::size(kInts)) return kInts[words];
  }
  if (!plan.invoker->is_direct() || words > kWordRegisters ||
      doubles > kDoubleRegisters) {
    return call_any;
  }
  switch (plan.results[0].shape) {
    case Shape::kUnit:
      return call_registers<Shape::kUnit>;
    case Shape::kInt:
      return call_registers<Shape::kInt>;
    case Shape::kBool:
      return call_registers<Shape::kBool>;
    case Shape::kFloat:
      return call_registers<Shape::kFloat>;
    case Shape::kHandle:
      return call_registers<Shape::kHandle>;
    default:
      return call_any;
  }
}

// ---- Making ready

std::string slots_of(const ExternPlan& plan) {
  std::string slots;
  for (const BoundaryType& type : plan.parameters) {
    if (type.shape == Shape::kFloat) {
      slots += 'd';
    } else if (type.shape == Shape::kInt32) {
      slots += 'i';
    } else {
      slots.append(static_cast<size_t>(slots_of(type.shape)), 'w');
    }
  }
  for (size_t i = 1; i < plan.results.size(); ++i) {
    slots.append(static_cast<size_t>(out_slots_of(plan.results[i].shape)), 'w');
  }
  return slots;
}

char slot_of_result(Shape shape) {
  switch (shape) {
    case Shape::kUnit:
      return 'v';
    case Shape::kInt32:
      return 'i';
    case Shape::kFloat:
      return 'd';
    default:
      return 'w';
  }
}

}  // namespace

bool is_named_as_finalizer(const ExternDeclaration& declaration) {
  return declaration.parameters.size() == 1 &&
         text_of(declaration.name).ends_with("_free");
}

void make_ready(ExternFunction& function) {
  Externs& externs = *function.externs;
  const std::string_view name = text_of(function.declaration.name);
  const std::string_view library_name = library_of(name);
  if (library_name.empty()) {
    fail("", quoted(function) +
                 " is not a function of the host, and its name, which is not "
                 "of the form rt_<library>_<name>, tells no library");
  }
  NativeLibrary& library = externs.library(intern(library_name), function);
  void* address = library.find(rest_of(name));
  if (address == nullptr) {
    fail("", quoted(function) + " needs the C function `simple_" +
                 std::string(name.substr(3)) + "`, which " + library.path +
                 " does not have: what that was built for may lack it, it may be of "
                 "another version (`simple build --with-" +
                 std::string(library_name) +
                 "` builds it anew), or the declaration may be wrong");
  }
  auto plan = std::make_unique<ExternPlan>();
  plan->library = &library;
  // Declared with `handle: i64`, as programs do that keep handles as numbers.
  const bool speaks_of_handles = std::any_of(
      function.declaration.parameters.begin(), function.declaration.parameters.end(),
      [](const ExternParameter& parameter) {
        return text_of(parameter.name) == "handle" && text_of(parameter.type) == "i64";
      });
  for (size_t i = 0; i < function.declaration.parameters.size(); ++i) {
    const ExternParameter& parameter = function.declaration.parameters[i];
    const std::string_view text = text_of(parameter.type);
    const std::string where = "argument " + std::to_string(i + 1) + " (`" +
                              std::string(text_of(parameter.name)) + "`)";
    plan->parameters.push_back(
        parameter_type(parse_type(text), text, function, library.name, where));
    plan->parameters.back().handles_of = speaks_of_handles ? library.name : Symbol();
    plan->has_functions |= plan->parameters.back().shape == Shape::kFunction;
    plan->has_kept |= plan->parameters.back().shape == Shape::kKept;
  }
  plan->results =
      result_types(text_of(function.declaration.result), function, library.name);
  plan->frees = is_named_as_finalizer(function.declaration) &&
                (plan->parameters[0].shape == Shape::kHandle || speaks_of_handles);
  const std::string slots = slots_of(*plan);
  if (slots.size() > kMaxSlots) {
    fail("", quoted(function) + " takes " + std::to_string(slots.size()) +
                 " words in C, and at most " + std::to_string(kMaxSlots) +
                 " are possible");
  }
  plan->invoker = std::make_unique<Invoker>(
      address, slots, slot_of_result(plan->results[0].shape), externs.portable());
  function.invoke = short_way(*plan, externs.portable());
  function.address = address;
  function.plan = externs.keep(std::move(plan));
}

}  // namespace simple
