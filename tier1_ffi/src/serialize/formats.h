// The formats of files with values and tensors. All fail with IO, FORMAT or UNSUPPORTED
// and a message that begins with the file's path.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <functional>
#include <string>

#include "core/input.h"

namespace simple_torch {

// Where tensors go that were on the device a file names.
using Placement = std::function<c10::Device(const std::string& location)>;

// What Python's torch.save writes, since version 1.6 and before.
void save_torch_file(const c10::IValue& value, const std::string& path);
c10::IValue load_torch_file(const std::string& path, const Placement& placement);
void write_torch_file(const c10::IValue& value, Output& output);
c10::IValue read_torch_file(Input& input, const Placement& placement);

// Safetensors. `tensors` is a dict of texts and tensors; `metadata` is None or a dict of
// texts and texts.
void save_safetensors(const c10::IValue& tensors, const c10::IValue& metadata,
                      const std::string& path);
c10::IValue load_safetensors(const std::string& path, c10::Device device);
at::Tensor load_safetensor(const std::string& path, const std::string& name,
                           c10::Device device);
c10::IValue safetensors_names(const std::string& path);
c10::IValue safetensors_metadata(const std::string& path);

// The elements in row-major order in the CPU's memory.
at::Tensor plain_on_cpu(const at::Tensor& tensor);
// Bytes as a storage of a device.
c10::Storage storage_of(std::string_view bytes, c10::Device device);

}  // namespace simple_torch
