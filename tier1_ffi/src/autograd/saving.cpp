#include "autograd/saving.h"

#include <utility>

#include "autograd/engine.h"
#include "autograd/host_callback.h"
#include "autograd/modes.h"
#include "autograd/packing.h"
#include "operators/arguments.h"
#include "simple_torch/autograd.h"

namespace simple_torch {

namespace {

using SharedCallback = std::shared_ptr<const HandleCallback>;

// Asked for with every tensor that is saved, so it is a plain pointer, to what the
// entered mode holds.
constinit thread_local const SharedCallback* current = nullptr;

class HostHooks final : public torch::autograd::SavedVariableHooks {
 public:
  explicit HostHooks(SharedCallback pack) : pack_(std::move(pack)) {}

  void call_pack_hook(const at::Tensor& tensor) override {
    // An operator's result that is kept here would keep the operator, and that this.
    const auto packing = std::make_shared<Packing>(Packing::Way::kIn, tensor.detach());
    call(*std::exchange(pack_, nullptr), packing);
    unpack_ = packing->take_unpack();
    if (unpack_ == nullptr) {
      fail(Code::kCallback, "call", "has not said how the tensor is brought back");
    }
  }

  at::Tensor call_unpack_hook() override {
    const auto packing = std::make_shared<Packing>(Packing::Way::kOut, at::Tensor());
    call(*unpack_, packing);
    if (!packing->tensor().defined()) {
      fail(Code::kCallback, "call", "has not brought the tensor back");
    }
    return packing->tensor();
  }

 private:
  static void call(const HandleCallback& callback,
                   const std::shared_ptr<Packing>& packing) {
    call_with_handle(callback, [&] { return store(std::make_unique<Packed>(packing)); });
  }

  SharedCallback pack_;
  std::unique_ptr<const HandleCallback> unpack_;
};

class EnteredSaving final : public EnteredMode {
 public:
  explicit EnteredSaving(SharedCallback pack)
      : pack_(std::move(pack)), before_(std::exchange(current, &pack_)) {}
  ~EnteredSaving() override { current = before_; }

 private:
  const SharedCallback pack_;
  const SharedCallback* const before_;
};

}  // namespace

std::unique_ptr<torch::autograd::SavedVariableHooks> hooks_of_thread() {
  return current == nullptr ? nullptr : std::make_unique<HostHooks>(*current);
}

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_saving_enter(int64_t (*call)(void* context,
                                                  simple_torch_handle packed),
                                  void* context, void (*destroy)(void* context)) {
  Ownership owned(destroy, context);
  return guarded([&] {
    if (!has_own_engine()) {
      fail(Code::kUnsupported, "", "another library has set an engine of its own");
    }
    auto pack = std::make_shared<const HandleCallback>(required(call, "call"), context,
                                                       std::move(owned));
    return enter([&] { return std::make_unique<EnteredSaving>(std::move(pack)); },
                 "call");
  });
}

simple_torch_handle simple_torch_packed_tensor(simple_torch_handle packed) {
  return guarded([&] { return store((*borrow<Packed>(packed, "packed"))->tensor()); });
}

int64_t simple_torch_packed_set_unpack(simple_torch_handle packed,
                                       int64_t (*call)(void* context,
                                                       simple_torch_handle packed),
                                       void* context, void (*destroy)(void* context)) {
  Ownership owned(destroy, context);
  return guarded([&] {
    const auto borrowed = borrow<Packed>(packed, "packed");
    (*borrowed)->set_unpack(std::make_unique<const HandleCallback>(
        required(call, "call"), context, std::move(owned)));
  });
}

int64_t simple_torch_packed_set_tensor(simple_torch_handle packed,
                                       simple_torch_handle tensor) {
  return guarded([&] {
    const auto borrowed = borrow<Packed>(packed, "packed");
    (*borrowed)->set_tensor(*borrow_defined(tensor, "tensor"));
  });
}

int64_t simple_torch_packed_free(simple_torch_handle packed) {
  return guarded([&] { HandleTable::get().free(packed, Kind::kPacked, "packed"); });
}
