// Any bytes are a file of torch.save or are refused. What was read can be read whole,
// written and read again; and an optimizer takes it as its state or says why not.
#include "calls.h"

namespace {

using fuzz::Handle;

simple_torch_handle member(simple_torch_handle value, const char* name) {
  const Handle key(simple_torch_value_from_text(name));
  return simple_torch_value_find(value, key);
}

// As the file adam_state.pt of PyTorch has both.
void load_into_optimizer(simple_torch_handle value) {
  const Handle weights(member(value, "weights"));
  const Handle state(member(value, "optimizer"));
  const Handle tensor(simple_torch_value_tensor(weights));
  if (tensor == 0 || state == 0) return;
  const simple_torch_handle tensors[] = {tensor};
  const Handle optimizer(
      simple_torch_optimizer_adam(tensors, 1, 0.1, 0.9, 0.999, 1e-8, 0, 0));
  if (optimizer != 0 && simple_torch_optimizer_load_state(optimizer, state) != 0) {
    fuzz::require_refusal({SIMPLE_TORCH_E_TYPE, SIMPLE_TORCH_E_VALUE,
                           SIMPLE_TORCH_E_INDEX, SIMPLE_TORCH_E_UNSUPPORTED});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::LeavesNoHandles checked;
  const Handle value(
      simple_torch_value_load_bytes(data, static_cast<int64_t>(size), fuzz::kCpu));
  if (value == 0) {
    fuzz::require_refusal();
    return 0;
  }
  fuzz::use(value);
  // libtorch writes the text, and cannot for some sparse tensors.
  if (simple_torch_value_text(value, nullptr, 0) < 0) {
    fuzz::require_refusal({SIMPLE_TORCH_E_TORCH});
  }
  load_into_optimizer(value);
  return 0;
}
