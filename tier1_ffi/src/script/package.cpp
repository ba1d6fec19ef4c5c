// Exports of package.h.
#include "script/package.h"

#include <ATen/core/Dict.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_strided.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/strides.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string_view>
#include <unordered_map>

#include "core/arguments.h"
#include "core/environment.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "core/platform.h"
#include "operators/arguments.h"
#include "script/foreign.h"
#include "script/objects.h"
#include "simple_torch/package.h"

namespace simple_torch {
namespace {

#if SIMPLE_TORCH_PACKAGES
// Of a description by torch.export, where each tensor is a node without a type; -1 if
// there is no description.
int64_t inputs_of(const std::vector<std::string>& call_spec) {
  if (call_spec.empty() || call_spec[0].empty()) return -1;
  constexpr std::string_view kLeaf = "\"type\": null";
  int64_t count = 0;
  const std::string_view text = call_spec[0];
  for (size_t at = 0; (at = text.find(kLeaf, at)) != std::string_view::npos; ++at) {
    ++count;
  }
  return count;
}

constexpr std::string_view kModels = "/data/aotinductor/";

// The part of a path behind the folder of models, or "".
std::string_view in_models(std::string_view path) {
  const size_t at = path.find(kModels);
  return at == std::string_view::npos ? "" : path.substr(at + kModels.size());
}

// The loader leaves what it has unpacked in the system's folder for temporary files when
// it finds that there is no such model. Returns the device that the model is for.
std::string check_model(const ZipReader& archive, const std::string& path,
                        const std::string& name) {
  std::set<std::string> models;
  std::string device;
  bool has_code = false;
  for (const std::string& each : archive.names()) {
    const std::string rooted = "/" + each;
    const std::string_view file = in_models(rooted);
    const std::string model(file.substr(0, file.find('/')));
    if (model.size() == file.size()) continue;
    models.insert(model);
    if (model != name) continue;
    has_code |= file.ends_with(".so") || file.ends_with(".cpp");
    if (!file.ends_with("_metadata.json")) continue;
    constexpr std::string_view kDevice = "\"AOTI_DEVICE_KEY\": \"";
    const std::string text = archive.unpacked(each);
    const size_t key = text.find(kDevice);
    if (key == std::string::npos) continue;
    const size_t start = key + kDevice.size();
    device = text.substr(start, text.find('"', start) - start);
  }
  if (models.empty()) fail_format(path, "this is no package");
  if (!models.contains(name)) {
    std::string known;
    for (const std::string& each : models) known += (known.empty() ? "" : ", ") + each;
    fail(Code::kIndex, "name",
         "'" + name + "' is no model of " + path + ", which has " + known);
  }
  if (!has_code) fail_format(path, "there is no code of the model '" + name + "'");
  return device;
}

// The loader unpacks the archive and believes what is in it.
std::string check_package(const std::string& path, const std::string& name) {
  FileInput input(path);
  if (!ZipReader::is_archive(input)) fail_format(path, "this is no package");
  const ZipReader archive(input);
  archive.check_compressed();
  archive.check_paths();
  const std::string device = check_model(archive, path, name);
  archive.check_sums();
  return device;
}

// The code of a package names libtorch.so, which we do not need and have not loaded. The
// system must not find one of another version for it. One for CUDA cannot be loaded
// without CUDA's libraries; see cpu_only/torch.cpp.
// Says why libtorch could not be loaded, if the other one took its place.
std::string load_whole_libtorch() {
  const std::string file = platform::library_file("torch");
  const std::string folder =
      platform::folder_of(reinterpret_cast<const void*>(&c10::GetCPUAllocator));
  const std::string why = platform::load_library(folder + "/" + file);
  if (why.empty()) return {};
  const std::string own =
      platform::folder_of(reinterpret_cast<const void*>(&load_whole_libtorch));
  if (platform::load_library(own + "/simple_torch_cpu_only/" + file).empty()) {
    return "; libtorch itself could not be loaded: " + why;
  }
  fail(Code::kUnsupported, "", "libtorch is not whole: " + why);
}

std::unique_ptr<Package> load_package(const std::string& path, const std::string& name) {
  const std::string device = check_package(path, name);
  const std::string lack = load_whole_libtorch();
  if (!device.empty() &&
      !torch::inductor::getAOTIModelRunnerRegistry().contains(device)) {
    fail(Code::kUnsupported, "",
         path + ": the model is for the device '" + device +
             "', which this libtorch cannot run it on" + lack);
  }
  // Code that finds this when it runs first compares its inputs with what it was
  // compiled for.
  platform::set_environment("AOTI_RUNTIME_CHECK_INPUTS", "1");
  try {
    return std::make_unique<Package>(path, name);
  } catch (const c10::Error& error) {
    fail_format(path, error.what_without_backtrace() + lack);
  } catch (const std::runtime_error& error) {
    fail_format(path, error.what() + lack);
  }
}

// Of the code of a package, which says why it failed on the standard error output alone,
// and keeps its inputs for good then: they are aliases, which give up their memory.
template <typename Call>
auto call_code(const char* argument, const std::vector<at::Tensor>& inputs, Call&& call) {
  try {
    return std::forward<Call>(call)();
  } catch (const std::exception& error) {
    for (const at::Tensor& each : inputs) each.unsafeGetTensorImpl()->release_resources();
    const std::string_view why = error.what();
    if (why.find(") API call failed") == std::string_view::npos) throw;
    fail(Code::kValue, argument,
         "were refused by the package's code, which has written why to the standard "
         "error output");
  }
}

// The code reads the memory of its inputs whatever they are.
at::Tensor readable(const at::Tensor& given, c10::DeviceType device, size_t position) {
  const auto refuse = [&](const std::string& why) {
    fail(Code::kValue, "tensors", "has at " + std::to_string(position) + " " + why);
  };
  // A model for another device may have single inputs on the CPU.
  if (given.device().type() != device && !given.is_cpu()) {
    refuse("a tensor on " + given.device().str() + ", where the model is for " +
           c10::DeviceTypeName(device, true));
  }
  if (given.layout() != c10::kStrided || !given.has_storage() || given.is_quantized()) {
    refuse("a tensor that is not dense");
  }
  const at::Tensor tensor = given.detach().resolve_conj().resolve_neg();
  // Which strides a dim of size 1 has does not matter, but the code compares them.
  if (!tensor.is_contiguous() || tensor.is_contiguous(c10::MemoryFormat::ChannelsLast)) {
    return tensor;
  }
  return tensor.as_strided(tensor.sizes(), c10::contiguous_strides(tensor.sizes()));
}

// What a package's constants are now, by their names; an older libtorch does not say it.
template <typename Runner>
std::unordered_map<std::string, at::Tensor> present_constants(const Runner& runner) {
  if constexpr (requires { runner.extract_constants_map(false); }) {
    return runner.extract_constants_map(false);
  }
  return {};
}

// A copy of what a constant is to be. The package copies the whole memory behind it, to
// where there is room for the constant as it is now.
at::Tensor constant_like(const at::Tensor& present, const at::Tensor& given,
                         const std::string& name) {
  const auto refuse = [&](const auto& wanted, const auto& found) {
    std::ostringstream why;
    why << "has at '" << name << "' a tensor of " << found
        << ", where the model has one of " << wanted;
    fail(Code::kValue, "constants", why.str());
  };
  if (given.scalar_type() != present.scalar_type()) {
    refuse(present.scalar_type(), given.scalar_type());
  }
  if (given.device().type() != present.device().type()) {
    refuse(present.device(), given.device());
  }
  if (given.sizes() != present.sizes()) refuse(present.sizes(), given.sizes());
  const at::NoGradGuard no_grad;
  return at::empty_strided(present.sizes(), present.strides(), present.options())
      .copy_(given);
}
#else
[[noreturn]] void refuse_packages() {
  fail(Code::kUnsupported, "", "packages of AOTInductor need libtorch 2.6 or newer");
}

[[noreturn]] void refuse_package(simple_torch_handle package) {
  borrow<Package>(package, "package");
  refuse_packages();
}
#endif

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_package_available(void) {
  return guarded([] { return SIMPLE_TORCH_PACKAGES; });
}

#if SIMPLE_TORCH_PACKAGES
simple_torch_handle simple_torch_package_load(const char* path, const char* name) {
  return guarded([&] {
    const std::string file = path_of(path);
    const std::string model(name == nullptr ? "model" : text_of(name, "name"));
    return store(load_package(file, model));
  });
}

simple_torch_handle simple_torch_package_run(simple_torch_handle package,
                                             const simple_torch_handle* tensors,
                                             int64_t count) {
  return guarded([&] {
    const auto model = borrow<Package>(package, "package");
    std::vector<at::Tensor> inputs = in::tensors(tensors, count, "tensors");
    const int64_t wanted = inputs_of(model->loader.get_call_spec());
    if (wanted >= 0 && wanted != count) {
      fail(Code::kValue, "count",
           "is " + std::to_string(count) + " where the model has " +
               std::to_string(wanted) + " inputs");
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      inputs[i] = readable(inputs[i], model->device, i);
    }
    return store(std::make_unique<TensorList>(
        call_code("tensors", inputs, [&] { return model->loader.run(inputs); })));
  });
}

simple_torch_handle simple_torch_package_metadata(simple_torch_handle package) {
  return guarded([&] {
    c10::Dict<std::string, std::string> all;
    for (const auto& [name, text] :
         borrow<Package>(package, "package")->loader.get_metadata()) {
      all.insert(name, text);
    }
    return store_value(std::move(all));
  });
}

simple_torch_handle simple_torch_package_call_spec(simple_torch_handle package) {
  return guarded([&] {
    return store_names(borrow<Package>(package, "package")->loader.get_call_spec());
  });
}

simple_torch_handle simple_torch_package_constants(simple_torch_handle package) {
  return guarded([&] {
    return store_names(borrow<Package>(package, "package")->loader.get_constant_fqns());
  });
}

int64_t simple_torch_package_set_constants(simple_torch_handle package,
                                           simple_torch_handle constants, int64_t all) {
  return guarded([&] {
    const auto model = borrow<Package>(package, "package");
    const auto given = borrow<c10::IValue>(constants, "constants");
    const bool is_all = truth(all, "all");
    if (!given->isGenericDict()) fail(Code::kType, "constants", "must be a dict");
    const std::vector<std::string> names = model->loader.get_constant_fqns();
    const auto present = present_constants(*model->loader.get_runner());
    std::unordered_map<std::string, at::Tensor> contents;
    for (const auto& entry : given->toGenericDict()) {
      if (!entry.key().isString() || !entry.value().isTensor() ||
          !entry.value().toTensor().defined()) {
        fail(Code::kType, "constants", "must be a dict of texts and tensors");
      }
      const std::string& name = entry.key().toStringRef();
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        fail(Code::kIndex, "constants", "has '" + name + "', which the model has not");
      }
      const at::Tensor& tensor = entry.value().toTensor();
      const auto found = present.find(name);
      contents.emplace(name, found == present.end()
                                 ? tensor.detach().clone()
                                 : constant_like(found->second, tensor, name));
    }
    call_code("constants", {}, [&] {
      model->loader.load_constants(contents, /*use_inactive=*/false, is_all);
    });
  });
}
#else
simple_torch_handle simple_torch_package_load(const char* path, const char*) {
  return guarded([&]() -> OwnedHandle {
    path_of(path);
    refuse_packages();
  });
}

simple_torch_handle simple_torch_package_run(simple_torch_handle package,
                                             const simple_torch_handle*, int64_t) {
  return guarded([&]() -> OwnedHandle { refuse_package(package); });
}

simple_torch_handle simple_torch_package_metadata(simple_torch_handle package) {
  return guarded([&]() -> OwnedHandle { refuse_package(package); });
}

simple_torch_handle simple_torch_package_call_spec(simple_torch_handle package) {
  return guarded([&]() -> OwnedHandle { refuse_package(package); });
}

simple_torch_handle simple_torch_package_constants(simple_torch_handle package) {
  return guarded([&]() -> OwnedHandle { refuse_package(package); });
}

int64_t simple_torch_package_set_constants(simple_torch_handle package,
                                           simple_torch_handle, int64_t) {
  return guarded([&] { refuse_package(package); });
}
#endif

int64_t simple_torch_package_free(simple_torch_handle package) {
  return guarded([&] { HandleTable::get().free(package, Kind::kPackage, "package"); });
}
