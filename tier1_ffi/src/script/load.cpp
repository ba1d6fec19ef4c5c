// Exports of script.h that load and save modules.
#include <torch/csrc/jit/serialization/export.h>
#include <torch/csrc/jit/serialization/import.h>

#include "core/arguments.h"
#include "core/guarded.h"
#include "device/device.h"
#include "io/io_stream.h"
#include "script/foreign.h"
#include "script/objects.h"
#include "simple_torch/script.h"

namespace simple_torch {
namespace {

// Functions that are not compiled yet own what their code is read from, which owns them.
// If a program is only half there, they have to go for anything to go.
class NewUnit {
 public:
  NewUnit() = default;
  NewUnit(const NewUnit&) = delete;
  NewUnit& operator=(const NewUnit&) = delete;
  ~NewUnit() {
    if (!is_finished_) unit_->drop_all_functions();
  }
  const std::shared_ptr<torch::jit::CompilationUnit>& get() const { return unit_; }
  torch::jit::Module finished(torch::jit::Module module) {
    is_finished_ = true;
    return module;
  }

 private:
  std::shared_ptr<torch::jit::CompilationUnit> unit_ =
      std::make_shared<torch::jit::CompilationUnit>();
  bool is_finished_ = false;
};

torch::jit::Module load_module(Input& input, c10::Device device) {
  if (!ZipReader::is_archive(input)) {
    fail_format(input.name(), "this is no module of TorchScript");
  }
  ForeignArchive archive(input);
  NewUnit unit;
  return archive.read([&] {
    return unit.finished(torch::jit::import_ir_module(
        unit.get(), std::make_unique<ForeignReader>(archive), device));
  });
}

void save_module(const torch::jit::Module& module, Output& output) {
  ForeignWriter writer(output);
  torch::jit::ExportModule(module, writer.function());
  writer.check();
}

}  // namespace

OwnedHandle store_module(torch::jit::Module module) {
  return store(std::make_unique<ScriptModule>(std::move(module)));
}

}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_module_load(const char* path, int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    FileInput input(path_of(path));
    return store_module(load_module(input, where));
  });
}

simple_torch_handle simple_torch_module_load_bytes(const void* data, int64_t bytes,
                                                   int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    const auto given = list_of(static_cast<const char*>(data), bytes, "data");
    BytesInput input("the bytes", {given.data(), given.size()});
    return store_module(load_module(input, where));
  });
}

simple_torch_handle simple_torch_module_read(simple_torch_handle io, int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    const auto stream = borrow<IoStream>(io, "io");
    StreamInput input(*stream);
    return store_module(load_module(input, where));
  });
}

int64_t simple_torch_module_save(simple_torch_handle module, const char* path) {
  return guarded([&] {
    const auto saved = borrow<ScriptModule>(module, "module");
    NewFile file(path_of(path));
    save_module(saved->module, file);
    file.commit();
  });
}

int64_t simple_torch_module_write(simple_torch_handle module, simple_torch_handle io) {
  return guarded([&] {
    const auto saved = borrow<ScriptModule>(module, "module");
    const auto stream = borrow<IoStream>(io, "io");
    StreamOutput output(*stream);
    save_module(saved->module, output);
  });
}
