#include "sffi/callback.h"

#include <cstdint>
#include <cstring>
#include <limits>

#include "runtime/failure.h"
#include "runtime/vm.h"
#include "sffi/convert.h"
#include "sffi/invoke.h"

namespace simple {
namespace {

// Handles that a callback gets are native code's: nothing of them is left when it
// returns.
class Lent {
 public:
  explicit Lent(Vm& vm) : rooted_(vm, {}) {}
  ~Lent() {
    for (Handle* handle : handles_) handle->handle = 0;
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  void add(Value value) {
    if (!is(value, Kind::kHandle)) return;
    handles_.push_back(as<Handle>(value));
    // Or a collection inside would release it.
    rooted_.add(value);
  }

 private:
  Rooted rooted_;
  std::vector<Handle*> handles_;
};

int64_t read(const BoundaryType& type, const void* slot) {
  if (type.shape == Shape::kInt32) return *static_cast<const int32_t*>(slot);
  int64_t bits;
  std::memcpy(&bits, slot, sizeof(bits));
  return bits;
}

std::vector<Value> values_of(Callback& callback, void** slots, Lent& lent) {
  Vm& vm = callback.externs->vm();
  std::vector<Value> values;
  for (const BoundaryType& type : callback.signature->parameters) {
    if (slots_of(type.shape) == 2) {
      const int64_t bits = read(type, slots[0]);
      values.push_back(get_number(vm, &bits, read(type, slots[1]), true));
      slots += 2;
    } else {
      values.push_back(get(vm, type, read(type, *slots++)));
      lent.add(values.back());
    }
  }
  return values;
}

int64_t give_back(Callback& callback, Value value, std::thread::id caller) {
  Vm& vm = callback.externs->vm();
  const BoundaryType& type = callback.signature->result;
  if (type.shape == Shape::kUnit) return 0;
  Frame frame;
  put(vm, frame, type, value, {callback.user, 0, {}});
  if (type.shape == Shape::kHandle) callback.returned[caller].value = value;
  if (type.shape == Shape::kFloat) {
    int64_t bits;
    std::memcpy(&bits, frame.doubles, sizeof(bits));
    return bits;
  }
  if (type.shape == Shape::kText && frame.words[0] != 0) {
    std::string& text = callback.returned[caller].text;
    text = reinterpret_cast<const char*>(frame.words[0]);
    return reinterpret_cast<int64_t>(text.c_str());
  }
  return frame.words[0];
}

void tell(const NativeLibrary& library, const char* why) {
  if (library.callback_error != nullptr) library.callback_error(why);
}

// Runs with the machine, for a thread that called. False if it failed, or if something
// else did in this native call.
bool run(Callback& callback, void** slots, std::thread::id caller,
         int64_t& bits) noexcept {
  Externs& externs = *callback.externs;
  if (externs.has_exception()) return false;
  const NativeLibrary& library = *callback.signature->library;
  ++callback.running;
  bool done = false;
  try {
    Lent lent(externs.vm());
    const std::vector<Value> values = values_of(callback, slots, lent);
    bits = give_back(callback, externs.vm().call(callback.function, values), caller);
    done = true;
  } catch (const Failure& failure) {
    externs.keep_exception();
    tell(library, failure.message.c_str());
  } catch (...) {
    externs.keep_exception();
    tell(library, "the program ends");
  }
  --callback.running;
  return done;
}

int64_t failed(Shape result) {
  switch (result) {
    case Shape::kHandle:
    case Shape::kText:
      return 0;
    case Shape::kFloat: {
      constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
      int64_t bits;
      std::memcpy(&bits, &kNone, sizeof(bits));
      return bits;
    }
    default:
      return kCallbackFailed;
  }
}

// What C calls.
void called(ffi_cif*, void* result, void** slots, void* data) {
  const auto& signature = *static_cast<const CallbackSignature*>(data);
  auto& callback = **static_cast<Callback**>(slots[0]);
  int64_t bits = 0;
  bool done = false;
  const std::thread::id caller = std::this_thread::get_id();
  callback.gate->run([&] { done = run(callback, slots + 1, caller, bits); },
                     [&] { callback.externs->vm().interrupt(); });
  if (!done) bits = failed(signature.result.shape);
  // libffi wants small integers as words too.
  std::memcpy(result, &bits, sizeof(bits));
}

char slot_of(Shape shape) {
  switch (shape) {
    case Shape::kInt32:
      return 'i';
    case Shape::kFloat:
      return 'd';
    default:
      return 'w';
  }
}

}  // namespace

CallbackSignature::~CallbackSignature() {
  if (closure != nullptr) ffi_closure_free(closure);
}

std::shared_ptr<const CallbackSignature> make_signature(std::string_view text,
                                                        const ExternFunction& function,
                                                        Symbol library,
                                                        NativeLibrary& opened) {
  auto signature = std::make_shared<CallbackSignature>();
  signature->library = &opened;
  const std::string where = "the function type `" + std::string(text) + "`";
  WrittenType written = parse_type(text);
  signature->result = callback_type(written.parts.back(), true, function, library, where);
  written.parts.pop_back();
  signature->types.push_back(&ffi_type_pointer);
  for (const WrittenType& part : written.parts) {
    BoundaryType type = callback_type(part, false, function, library, where);
    for (int i = 0; i < slots_of(type.shape); ++i) {
      signature->types.push_back(type_of_slot(slot_of(type.shape)));
    }
    signature->parameters.push_back(std::move(type));
  }
  signature->closure =
      static_cast<ffi_closure*>(ffi_closure_alloc(sizeof(ffi_closure), &signature->code));
  if (signature->closure == nullptr ||
      ffi_prep_cif(&signature->cif, FFI_DEFAULT_ABI,
                   static_cast<unsigned>(signature->types.size()),
                   type_of_slot(slot_of(signature->result.shape)),
                   signature->types.data()) != FFI_OK ||
      ffi_prep_closure_loc(signature->closure, &signature->cif, called, signature.get(),
                           signature->code) != FFI_OK) {
    fail("", where + " cannot be made callable from C on this system");
  }
  return signature;
}

void destroy_callback(void* context) {
  auto* callback = static_cast<Callback*>(context);
  const std::shared_ptr<Gate> gate = callback->gate;
  const std::lock_guard lock(gate->mutex());
  if (callback->externs == nullptr) {
    delete callback;
  } else {
    // It may be running, and the machine may be looking at it: the machine removes it.
    callback->destroyed = true;
  }
}

}  // namespace simple
