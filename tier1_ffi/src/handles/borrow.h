// How an exported function reaches the objects behind handles, and hands out new ones:
// resolve -> call -> store.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <utility>
#include <vector>

#include "core/call_state.h"
#include "handles/handle_table.h"

namespace c10 {
struct IValue;
class Scalar;
class Stream;
}  // namespace c10

namespace simple_torch {

class Archive;
class CudaEvent;
class CudaGraph;
class Dlpack;
class Gradients;
class IoStream;
class Operator;
class Optimizer;
class Package;
class Packed;
class Scope;
class ScriptModule;
class ScriptUnit;
class Trace;
class Transfer;
class Workers;
using TensorList = std::vector<at::Tensor>;

// A kind's type. Tensors lie in the slot itself; objects of other kinds are owned by a
// pointer in it.
template <typename T>
struct KindOf;
template <>
struct KindOf<at::Tensor> {
  static constexpr Kind value = Kind::kTensor;
};
template <>
struct KindOf<TensorList> {
  static constexpr Kind value = Kind::kList;
};
template <>
struct KindOf<c10::Scalar> {
  static constexpr Kind value = Kind::kScalar;
};
template <>
struct KindOf<c10::IValue> {
  static constexpr Kind value = Kind::kValue;
};
template <>
struct KindOf<ScriptModule> {
  static constexpr Kind value = Kind::kModule;
};
template <>
struct KindOf<Optimizer> {
  static constexpr Kind value = Kind::kOptimizer;
};
template <>
struct KindOf<at::Generator> {
  static constexpr Kind value = Kind::kGenerator;
};
template <>
struct KindOf<Operator> {
  static constexpr Kind value = Kind::kOperator;
};
template <>
struct KindOf<IoStream> {
  static constexpr Kind value = Kind::kIo;
};
template <>
struct KindOf<Scope> {
  static constexpr Kind value = Kind::kScope;
};
template <>
struct KindOf<c10::Storage> {
  static constexpr Kind value = Kind::kStorage;
};
template <>
struct KindOf<c10::Stream> {
  static constexpr Kind value = Kind::kStream;
};
template <>
struct KindOf<CudaEvent> {
  static constexpr Kind value = Kind::kEvent;
};
template <>
struct KindOf<CudaGraph> {
  static constexpr Kind value = Kind::kGraph;
};
template <>
struct KindOf<Gradients> {
  static constexpr Kind value = Kind::kGradients;
};
template <>
struct KindOf<Packed> {
  static constexpr Kind value = Kind::kPacked;
};
template <>
struct KindOf<Dlpack> {
  static constexpr Kind value = Kind::kDlpack;
};
template <>
struct KindOf<Workers> {
  static constexpr Kind value = Kind::kWorkers;
};
template <>
struct KindOf<Transfer> {
  static constexpr Kind value = Kind::kTransfer;
};
template <>
struct KindOf<Trace> {
  static constexpr Kind value = Kind::kTrace;
};
template <>
struct KindOf<Archive> {
  static constexpr Kind value = Kind::kArchive;
};
template <>
struct KindOf<Package> {
  static constexpr Kind value = Kind::kPackage;
};
template <>
struct KindOf<ScriptUnit> {
  static constexpr Kind value = Kind::kScript;
};

// The object behind a handle, for as long as this lives. Another thread may free the
// handle meanwhile; the object stays.
template <typename T>
class Borrowed {
 public:
  explicit Borrowed(Pin&& pin) : pin_(std::move(pin)) {}
  T& operator*() const { return *address(pin_.slot()); }
  T* operator->() const { return address(pin_.slot()); }

  static T* address(const Slot* slot) {
    auto* const payload = const_cast<std::byte*>(slot->payload);
    if constexpr (KindOf<T>::value == Kind::kTensor) {
      return std::launder(reinterpret_cast<T*>(payload));
    } else {
      return *std::launder(reinterpret_cast<T**>(payload));
    }
  }

 private:
  Pin pin_;
};

template <typename T>
SIMPLE_TORCH_HOT Borrowed<T> borrow(simple_torch_handle handle, const char* argument) {
  return Borrowed<T>(HandleTable::get().pin(handle, KindOf<T>::value, argument));
}

// A handle that goes to the caller. guarded() turns a failure of a function that returns
// one into 0.
struct OwnedHandle {
  simple_torch_handle value;
};

// The handle of a new object, which belongs to the scope that is open on this thread.
template <typename F>
SIMPLE_TORCH_HOT OwnedHandle store_as(Kind kind, F&& fill) {
  CallState& state = CallState::current();
  const simple_torch_handle handle = HandleTable::get().insert(
      state.slots, state.operation, kind, std::forward<F>(fill));
  if (state.scopes.open()) [[unlikely]]
    state.scopes.add(handle);
  return {handle};
}

SIMPLE_TORCH_HOT OwnedHandle store(at::Tensor&& tensor) {
  return store_as(Kind::kTensor,
                  [&](void* payload) { new (payload) at::Tensor(std::move(tensor)); });
}

template <typename T>
OwnedHandle store(std::unique_ptr<T> object) {
  return store_as(KindOf<T>::value,
                  [&](void* payload) { new (payload) T*(object.release()); });
}

// Copies of the tensors behind a list of handles.
std::vector<at::Tensor> borrow_all(const simple_torch_handle* handles, int64_t count,
                                   const char* argument);

}  // namespace simple_torch
