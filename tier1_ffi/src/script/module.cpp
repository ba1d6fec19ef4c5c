// Exports of script.h that say what a module is, and change it.
#include <ATen/core/Dict.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/tensorexpr_fuser.h>
#include <torch/csrc/jit/python/update_graph_executor_opt.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "core/arguments.h"
#include "core/compat.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "device/device.h"
#include "device/dtype.h"
#include "script/objects.h"
#include "simple_torch/script.h"

// Headers of some versions lack these, and all of the libraries have them.
namespace torch::jit {
TORCH_API bool canFuseOnCPU();
TORCH_API bool canFuseOnGPU();
TORCH_API void overrideCanFuseOnCPU(bool value);
TORCH_API void overrideCanFuseOnGPU(bool value);
TORCH_API bool getGraphExecutorOptimize();
namespace fuser::cuda {
TORCH_API bool isEnabled();
TORCH_API bool setEnabled(bool is_enabled);
}  // namespace fuser::cuda
}  // namespace torch::jit

namespace simple_torch {
namespace {

using torch::jit::Module;

template <typename List>
OwnedHandle store_tensors(const List& named) {
  c10::Dict<std::string, at::Tensor> all;
  for (const auto& each : named) {
    if (each.value.defined()) all.insert(each.name, each.value);
  }
  return store_value(std::move(all));
}

Module part_of(Module module, const std::string& path) {
  std::istringstream names(path);
  for (std::string name; std::getline(names, name, '.');) {
    const c10::IValue found = module.hasattr(name) ? module.attr(name) : c10::IValue();
    if (!found.isModule()) fail(Code::kIndex, "name", "'" + path + "' is no part");
    module = found.toModule();
  }
  return module;
}

std::vector<std::string> split(const char* names, const char* argument) {
  std::vector<std::string> all;
  if (names == nullptr) return all;
  std::istringstream text{std::string(text_of(names, argument))};
  for (std::string name; std::getline(text, name, ',');) all.push_back(name);
  return all;
}

// Gives the parameters and buffers of a copy what libtorch's copies of tensors lose.
class CopiedTensors {
 public:
  // Of a module and its copy, which was made with autograd switched off: else parameters
  // would be results of a computation.
  void mend(const Module& original, const Module& copy) {
    const auto from = original._ivalue();
    const auto to = copy._ivalue();
    for (size_t i = 0; i < from->slots().size(); ++i) {
      const c10::IValue slot = from->getSlot(i);
      if (slot.isModule()) {
        mend(slot.toModule(), to->getSlot(i).toModule());
      } else if (slot.isTensor() && slot.toTensor().defined()) {
        to->setSlot(i, copy_of(slot.toTensor(), to->getSlot(i).toTensor()));
      }
    }
  }

 private:
  // What shares memory with another tensor has that one's copy, whatever part of the
  // memory it is.
  at::Tensor copy_of(const at::Tensor& tensor, const at::Tensor& copy) {
    const auto [place, is_new] = made_.emplace(tensor.unsafeGetTensorImpl(), copy);
    if (!is_new) return place->second;
    if (!taken_.insert(copy.unsafeGetTensorImpl()).second) {
      place->second = tensor.detach().clone();
    }
    place->second.set_requires_grad(tensor.requires_grad());
    return place->second;
  }

  std::unordered_map<const c10::TensorImpl*, at::Tensor> made_;
  std::unordered_set<const c10::TensorImpl*> taken_;
};

Module copied(const Module& module) {
  const at::NoGradGuard no_grad;
  Module copy = module.deepcopy();
  CopiedTensors().mend(module, copy);
  return copy;
}

[[noreturn]] void refuse_setting(int64_t setting) {
  fail_argument("setting", "is no setting: " + std::to_string(setting));
}

bool setting_value(int64_t setting) {
  switch (setting) {
    case SIMPLE_TORCH_SCRIPT_PROFILING:
      return torch::jit::getProfilingMode();
    case SIMPLE_TORCH_SCRIPT_PROFILING_EXECUTOR:
      return torch::jit::getExecutorMode();
    case SIMPLE_TORCH_SCRIPT_OPTIMIZE:
      return torch::jit::getGraphExecutorOptimize();
    case SIMPLE_TORCH_SCRIPT_TENSOR_EXPRESSIONS:
      return torch::jit::tensorExprFuserEnabled();
    case SIMPLE_TORCH_SCRIPT_FUSE_ON_CPU:
      return torch::jit::canFuseOnCPU();
    case SIMPLE_TORCH_SCRIPT_FUSE_ON_GPU:
      return torch::jit::canFuseOnGPU();
    case SIMPLE_TORCH_SCRIPT_CUDA_FUSER:
      return torch::jit::fuser::cuda::isEnabled();
    default:
      refuse_setting(setting);
  }
}

void enable_cuda_fuser(bool enabled) {
  // What versions without it do with this differs; none of them has it then.
  if (enabled && !SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 0)) {
    torch::jit::fuser::cuda::setEnabled(true);
    return;
  }
  if (enabled) fail(Code::kUnsupported, "", "this libtorch has no fuser for CUDA");
  if (torch::jit::fuser::cuda::isEnabled()) torch::jit::fuser::cuda::setEnabled(false);
}

void set_setting(int64_t setting, bool enabled) {
  switch (setting) {
    case SIMPLE_TORCH_SCRIPT_PROFILING:
      torch::jit::getProfilingMode() = enabled;
      return;
    case SIMPLE_TORCH_SCRIPT_PROFILING_EXECUTOR:
      torch::jit::getExecutorMode() = enabled;
      return;
    case SIMPLE_TORCH_SCRIPT_OPTIMIZE:
      torch::jit::setGraphExecutorOptimize(enabled);
      return;
    case SIMPLE_TORCH_SCRIPT_TENSOR_EXPRESSIONS:
      torch::jit::setTensorExprFuserEnabled(enabled);
      return;
    case SIMPLE_TORCH_SCRIPT_FUSE_ON_CPU:
      torch::jit::overrideCanFuseOnCPU(enabled);
      return;
    case SIMPLE_TORCH_SCRIPT_FUSE_ON_GPU:
      torch::jit::overrideCanFuseOnGPU(enabled);
      return;
    case SIMPLE_TORCH_SCRIPT_CUDA_FUSER:
      enable_cuda_fuser(enabled);
      return;
    default:
      refuse_setting(setting);
  }
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_module_train(simple_torch_handle module, int64_t mode) {
  return guarded([&] {
    const auto changed = borrow<ScriptModule>(module, "module");
    changed->module.train(truth(mode, "mode"));
  });
}

int64_t simple_torch_module_is_training(simple_torch_handle module) {
  return guarded([&] {
    return borrow<ScriptModule>(module, "module")->module.is_training() ? 1 : 0;
  });
}

int64_t simple_torch_module_to(simple_torch_handle module, int64_t device, int64_t dtype,
                               int64_t non_blocking) {
  return guarded([&] {
    const auto changed = borrow<ScriptModule>(module, "module");
    const bool at_once = truth(non_blocking, "non_blocking");
    Module& moved = changed->module;
    if (device < 0 && dtype < 0) return;
    if (device < 0) {
      moved.to(dtype_of(dtype, "dtype"), at_once);
    } else if (dtype < 0) {
      moved.to(usable_device(device, "device"), at_once);
    } else {
      moved.to(usable_device(device, "device"), dtype_of(dtype, "dtype"), at_once);
    }
  });
}

simple_torch_handle simple_torch_module_methods(simple_torch_handle module) {
  return guarded([&] {
    const auto shown = borrow<ScriptModule>(module, "module");
    std::vector<std::string> names;
    for (const torch::jit::Method& each : shown->module.get_methods()) {
      names.push_back(each.name());
    }
    return store_names(names);
  });
}

int64_t simple_torch_module_schema(simple_torch_handle module, const char* method,
                                   char* buffer, int64_t capacity) {
  return guarded([&] {
    const auto shown = borrow<ScriptModule>(module, "module");
    std::ostringstream text;
    text << method_of(shown->module, method).function().getSchema();
    return write_text(text.str(), buffer, capacity, "buffer");
  });
}

simple_torch_handle simple_torch_module_parameters(simple_torch_handle module,
                                                   int64_t recurse) {
  return guarded([&] {
    return store_tensors(borrow<ScriptModule>(module, "module")
                             ->module.named_parameters(truth(recurse, "recurse")));
  });
}

simple_torch_handle simple_torch_module_buffers(simple_torch_handle module,
                                                int64_t recurse) {
  return guarded([&] {
    return store_tensors(borrow<ScriptModule>(module, "module")
                             ->module.named_buffers(truth(recurse, "recurse")));
  });
}

simple_torch_handle simple_torch_module_attributes(simple_torch_handle module,
                                                   int64_t recurse) {
  return guarded([&] {
    const auto shown = borrow<ScriptModule>(module, "module");
    c10::impl::GenericDict all(c10::StringType::get(), c10::AnyType::get());
    for (const auto& each : shown->module.named_attributes(truth(recurse, "recurse"))) {
      all.insert(each.name, each.value);
    }
    return store_value(std::move(all));
  });
}

simple_torch_handle simple_torch_module_modules(simple_torch_handle module) {
  return guarded([&] {
    const auto shown = borrow<ScriptModule>(module, "module");
    std::vector<std::string> names;
    for (const auto& each : shown->module.named_modules()) names.push_back(each.name);
    return store_names(names);
  });
}

simple_torch_handle simple_torch_module_part(simple_torch_handle module,
                                             const char* name) {
  return guarded([&] {
    const auto whole = borrow<ScriptModule>(module, "module");
    return store_module(part_of(whole->module, std::string(text_of(name, "name"))));
  });
}

simple_torch_handle simple_torch_module_attribute(simple_torch_handle module,
                                                  const char* name) {
  return guarded([&] {
    return store_value(
        attribute_of(borrow<ScriptModule>(module, "module")->module, name));
  });
}

int64_t simple_torch_module_set_attribute(simple_torch_handle module, const char* name,
                                          simple_torch_handle value) {
  return guarded([&] {
    const auto changed = borrow<ScriptModule>(module, "module");
    set_attribute(changed->module, name, *borrow<c10::IValue>(value, "value"));
  });
}

simple_torch_handle simple_torch_module_clone(simple_torch_handle module) {
  return guarded([&] {
    return store_module(copied(borrow<ScriptModule>(module, "module")->module));
  });
}

simple_torch_handle simple_torch_value_from_module(simple_torch_handle module) {
  return guarded([&] {
    return store_value(borrow<ScriptModule>(module, "module")->module._ivalue());
  });
}

simple_torch_handle simple_torch_value_module(simple_torch_handle value) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    if (!whole->isModule()) {
      fail(Code::kType, "value", "is no module, but " + whole->type()->annotation_str());
    }
    return store_module(whole->toModule());
  });
}

int64_t simple_torch_module_free(simple_torch_handle module) {
  return guarded([&] { HandleTable::get().free(module, Kind::kModule, "module"); });
}

simple_torch_handle simple_torch_module_freeze(simple_torch_handle module,
                                               const char* preserved, int64_t optimize) {
  return guarded([&] {
    const auto frozen = borrow<ScriptModule>(module, "module");
    return store_module(torch::jit::freeze(frozen->module, split(preserved, "preserved"),
                                           truth(optimize, "optimize")));
  });
}

simple_torch_handle simple_torch_module_optimize_for_inference(simple_torch_handle module,
                                                               const char* methods) {
  return guarded([&] {
    const auto made_fast = borrow<ScriptModule>(module, "module");
    Module copy = made_fast->module;
    return store_module(
        torch::jit::optimize_for_inference(copy, split(methods, "methods")));
  });
}

int64_t simple_torch_module_graph(simple_torch_handle module, const char* method,
                                  int64_t inlined, char* buffer, int64_t capacity) {
  return guarded([&] {
    const auto shown = borrow<ScriptModule>(module, "module");
    auto graph = method_of(shown->module, method).graph();
    if (truth(inlined, "inlined")) {
      graph = graph->copy();
      torch::jit::Inline(*graph);
    }
    return write_text(graph->toString(false), buffer, capacity, "buffer");
  });
}

int64_t simple_torch_module_text(simple_torch_handle module, char* buffer,
                                 int64_t capacity) {
  return guarded([&] {
    return write_text(
        borrow<ScriptModule>(module, "module")->module.dump_to_str(true, false, false),
        buffer, capacity, "buffer");
  });
}

int64_t simple_torch_script_setting(int64_t setting) {
  return guarded([&] { return setting_value(setting) ? 1 : 0; });
}

int64_t simple_torch_script_set(int64_t setting, int64_t enabled) {
  return guarded([&] {
    const bool wanted = truth(enabled, "enabled");
    set_setting(setting, wanted);
    // Fusing wants a compiler for the device, which not every libtorch has.
    if (setting_value(setting) != wanted) {
      fail(Code::kUnsupported, "", "this libtorch cannot enable that");
    }
  });
}
