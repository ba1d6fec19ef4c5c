// Exports of package.h.
#include "script/package.h"

#include <ATen/core/Dict.h>
#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/arguments.h"
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

// The loader unpacks the archive and believes the names in it.
void check_package(const std::string& path) {
  FileInput input(path);
  if (!ZipReader::is_archive(input)) fail_format(path, "this is no package");
  const ZipReader archive(input);
  if (!archive.has_folder("data/aotinductor")) fail_format(path, "this is no package");
  archive.check_compressed();
  archive.check_paths();
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
  const std::string lack = load_whole_libtorch();
  try {
    return std::make_unique<Package>(path, name);
  } catch (const c10::Error& error) {
    fail_format(path, error.what_without_backtrace() + lack);
  } catch (const std::runtime_error& error) {
    fail_format(path, error.what() + lack);
  }
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
    check_package(file);
    return store(load_package(file, model));
  });
}

simple_torch_handle simple_torch_package_run(simple_torch_handle package,
                                             const simple_torch_handle* tensors,
                                             int64_t count) {
  return guarded([&] {
    const auto model = borrow<Package>(package, "package");
    const std::vector<at::Tensor> inputs = in::tensors(tensors, count, "tensors");
    const int64_t wanted = inputs_of(model->loader.get_call_spec());
    if (wanted >= 0 && wanted != count) {
      fail(Code::kValue, "count",
           "is " + std::to_string(count) + " where the model has " +
               std::to_string(wanted) + " inputs");
    }
    return store(std::make_unique<TensorList>(model->loader.run(inputs)));
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
    std::unordered_map<std::string, at::Tensor> contents;
    for (const auto& entry : given->toGenericDict()) {
      if (!entry.key().isString() || !entry.value().isTensor()) {
        fail(Code::kType, "constants", "must be a dict of texts and tensors");
      }
      const std::string& name = entry.key().toStringRef();
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        fail(Code::kIndex, "constants", "has '" + name + "', which the model has not");
      }
      contents.emplace(name, entry.value().toTensor());
    }
    model->loader.load_constants(contents, /*use_inactive=*/false, is_all);
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
