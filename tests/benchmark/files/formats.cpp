// A state of 400 MiB, saved and loaded in each format. Every side loads the same file.
#include <ATen/ATen.h>
#include <ATen/core/Dict.h>
#include <torch/csrc/api/include/torch/serialize/input-archive.h>
#include <torch/csrc/api/include/torch/serialize/output-archive.h>
#include <torch/csrc/jit/serialization/pickle.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "files/support.h"

namespace simple_torch_benchmark {
namespace {

constexpr int64_t kTensors = 100;
constexpr int64_t kElements = int64_t{1} << 20;
// An element is i plus a number below this, which repeats.
constexpr int64_t kPeriod = 1024;
constexpr int kBlocks = 2;

std::string name_of(int64_t i) { return "layer." + std::to_string(i) + ".weight"; }

using State = std::vector<std::pair<std::string, at::Tensor>>;

State make_state() {
  State state;
  const at::Tensor numbers = at::arange(kElements).remainder(kPeriod).to(at::kFloat);
  for (int64_t i = 0; i < kTensors; ++i) state.emplace_back(name_of(i), numbers + i);
  return state;
}

c10::IValue dict_of(const State& state) {
  c10::Dict<std::string, at::Tensor> dict;
  for (const auto& [name, tensor] : state) dict.insert(name, tensor);
  return dict;
}

simple_torch_handle our_dict_of(const State& state) {
  std::vector<simple_torch_handle> keys;
  std::vector<simple_torch_handle> values;
  for (const auto& [name, tensor] : state) {
    keys.push_back(require_handle(simple_torch_value_from_text(name.c_str())));
    const Held handle(handle_of(tensor));
    values.push_back(require_handle(simple_torch_value_from_tensor(handle)));
  }
  return require_handle(simple_torch_value_from_dict(keys.data(), values.data(),
                                                     static_cast<int64_t>(keys.size())));
}

simple_torch_handle tensor_in(simple_torch_handle dict, int64_t i) {
  const Held name(simple_torch_value_from_text(name_of(i).c_str()));
  const Held found(simple_torch_value_find(dict, name));
  return require_handle(simple_torch_value_tensor(found));
}

// The sum of a tensor, which is known in closed form.
double sum_of(simple_torch_handle tensor) {
  constexpr int64_t kDouble = static_cast<int64_t>(c10::ScalarType::Double);
  const Held sum(simple_torch_op_sum(tensor, kDouble));
  double value = 0;
  simple_torch_tensor_copy_to(sum, &value, sizeof value);
  return value;
}
double expected_sum(int64_t i) {
  return static_cast<double>(kElements) *
         (static_cast<double>(i) + static_cast<double>(kPeriod - 1) / 2);
}
void check_dict(simple_torch_handle dict, const char* what) {
  for (int64_t i = 0; i < kTensors; ++i) {
    require(sum_of(Held(tensor_in(dict, i))) == expected_sum(i), what);
  }
}
// Reads every element of every tensor.
void use_all(simple_torch_handle dict) {
  for (int64_t i = 0; i < kTensors; ++i) {
    const Held tensor(tensor_in(dict, i));
    const Held sum(simple_torch_op_sum(tensor, -1));
  }
}
void check_plain(const c10::IValue& dict, const char* what) {
  for (const auto& entry : dict.toGenericDict()) {
    const int64_t i = std::stoll(entry.key().toStringRef().substr(6));
    const double sum = entry.value().toTensor().to(at::kDouble).sum().item<double>();
    require(sum == expected_sum(i), what);
  }
  require(dict.toGenericDict().size() == kTensors, what);
}

std::vector<char> content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<char> content(static_cast<size_t>(file.tellg()));
  file.seekg(0);
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  return content;
}

torch::serialize::OutputArchive archive_of(const State& state) {
  torch::serialize::OutputArchive archive;
  for (const auto& [name, tensor] : state) {
    std::string plain = name;
    std::replace(plain.begin(), plain.end(), '.', '_');
    archive.write(plain, tensor);
  }
  return archive;
}

simple_torch_handle our_archive_of(const State& state) {
  const simple_torch_handle archive = require_handle(simple_torch_archive_create());
  for (const auto& [name, tensor] : state) {
    std::string plain = name;
    std::replace(plain.begin(), plain.end(), '.', '_');
    const Held handle(handle_of(tensor));
    require_done(simple_torch_archive_write_tensor(archive, plain.c_str(), handle, 0));
  }
  return archive;
}

std::string archived_name(int64_t i) { return "layer_" + std::to_string(i) + "_weight"; }

void load_plain_archive(const std::string& path, bool checks) {
  torch::serialize::InputArchive archive;
  archive.load_from(path);
  for (int64_t i = 0; i < kTensors; ++i) {
    at::Tensor tensor;
    archive.read(archived_name(i), tensor);
    if (checks) {
      require(tensor.to(at::kDouble).sum().item<double>() == expected_sum(i),
              "an archive of libtorch");
    }
  }
}

void load_our_archive(const std::string& path, bool checks) {
  const Held archive(simple_torch_archive_load(path.c_str(), -1));
  for (int64_t i = 0; i < kTensors; ++i) {
    const Held tensor(simple_torch_archive_tensor(archive, archived_name(i).c_str()));
    if (checks) require(sum_of(tensor) == expected_sum(i), "our archive");
  }
}

// ---- The rows

void compare_torch_files(const State& state, const std::string& folder) {
  const std::string plain = folder + "/plain.pt";
  const std::string path = folder + "/state.pt";
  const c10::IValue dict = dict_of(state);
  const Held ours(our_dict_of(state));
  const auto save = [&] { require_done(simple_torch_value_save(ours, path.c_str())); };
  save();
  if (is_wanted("pt_save")) {
    measure("pt_save", "plain", kBlocks, 1, [&] {
      const std::vector<char> content = torch::jit::pickle_save(dict);
      std::ofstream file(plain, std::ios::binary);
      file.write(content.data(), static_cast<std::streamsize>(content.size()));
      file.close();
      require(file.good(), "a file of plain C++");
    });
    unlink(plain.c_str());
    measure("pt_save", "ours", kBlocks, 1, save);
  }
  check_plain(torch::jit::pickle_load(content_of(path)), "what plain C++ loads");
  check_dict(Held(simple_torch_value_load(path.c_str(), -1)), "what we load");
  if (is_wanted("pt_load")) {
    measure("pt_load", "plain", kBlocks, 1,
            [&] { torch::jit::pickle_load(content_of(path)); });
    measure("pt_load", "ours", kBlocks, 1,
            [&] { const Held loaded(simple_torch_value_load(path.c_str(), -1)); });
  }
  if (is_wanted("pt_write")) {
    measure("pt_write", "plain", kBlocks, 1, [&] { torch::jit::pickle_save(dict); });
    measure("pt_write", "ours", kBlocks, 1, [&] {
      const Held io(simple_torch_io_memory(nullptr, 0));
      require_done(simple_torch_value_write(ours, io));
    });
  }
  if (is_wanted("pt_read")) {
    const std::vector<char> content = content_of(path);
    const Held io(
        simple_torch_io_memory(content.data(), static_cast<int64_t>(content.size())));
    measure("pt_read", "plain", kBlocks, 1, [&] { torch::jit::pickle_load(content); });
    measure("pt_read", "ours", kBlocks, 1, [&] {
      simple_torch_io_seek_start(io, 0);
      const Held loaded(simple_torch_value_read(io, -1));
    });
  }
}

void compare_archives(const State& state, const std::string& folder) {
  const std::string path = folder + "/archive.pt";
  torch::serialize::OutputArchive plain = archive_of(state);
  const Held ours(our_archive_of(state));
  const auto save = [&] { require_done(simple_torch_archive_save(ours, path.c_str())); };
  save();
  if (is_wanted("archive_save")) {
    measure("archive_save", "plain", kBlocks, 1, [&] { plain.save_to(path); });
    measure("archive_save", "ours", kBlocks, 1, save);
  }
  load_plain_archive(path, true);
  load_our_archive(path, true);
  if (is_wanted("archive_load")) {
    measure("archive_load", "plain", kBlocks, 1,
            [&] { load_plain_archive(path, false); });
    measure("archive_load", "ours", kBlocks, 1, [&] { load_our_archive(path, false); });
  }
  if (is_wanted("archive_write")) {
    measure("archive_write", "plain", kBlocks, 1, [&] {
      std::ostringstream out;
      plain.save_to(out);
      require(out.tellp() > kTensors * kElements * 4, "an archive in a stream of C++");
    });
    measure("archive_write", "ours", kBlocks, 1, [&] {
      const Held io(simple_torch_io_memory(nullptr, 0));
      require_done(simple_torch_archive_write(ours, io));
      require(simple_torch_io_position(io) > kTensors * kElements * 4,
              "an archive in memory");
    });
  }
  unlink(path.c_str());
}

simple_torch_handle load_safetensors(const char* path) {
  return simple_torch_safetensors_load(path, -1);
}

void compare_safetensors(const State& state, const std::string& folder) {
  const std::string path = folder + "/state.safetensors";
  const Held ours(our_dict_of(state));
  const auto save = [&] {
    require_done(simple_torch_safetensors_save(ours, 0, path.c_str()));
  };
  save();
  check_dict(Held(load_safetensors(path.c_str())), "safetensors");
  if (is_wanted("safetensors_save")) {
    measure("safetensors_save", "ours", kBlocks, 1, save);
  }
  if (is_wanted("safetensors_load")) {
    measure("safetensors_load", "ours", kBlocks, 1,
            [&] { const Held loaded(load_safetensors(path.c_str())); });
  }
  if (is_wanted("safetensors_use")) {
    measure("safetensors_use", "ours", kBlocks, 1,
            [&] { use_all(Held(load_safetensors(path.c_str()))); });
  }
}

void compare_npz(const State& state, const std::string& folder) {
  const std::string path = folder + "/state.npz";
  const Held ours(our_dict_of(state));
  const auto save = [&] { require_done(simple_torch_npz_save(ours, path.c_str(), 0)); };
  save();
  check_dict(Held(simple_torch_npz_load(path.c_str())), "arrays");
  if (is_wanted("npz_save")) measure("npz_save", "ours", kBlocks, 1, save);
  if (is_wanted("npz_load")) {
    measure("npz_load", "ours", kBlocks, 1,
            [&] { const Held loaded(simple_torch_npz_load(path.c_str())); });
  }
}

// In KiB.
int64_t resident() {
  std::ifstream file("/proc/self/statm");
  int64_t all = 0;
  int64_t in_memory = 0;
  file >> all >> in_memory;
  return in_memory * (sysconf(_SC_PAGESIZE) / 1024);
}

}  // namespace

void compare_files(const std::string& folder) {
  const State state = make_state();
  compare_torch_files(state, folder);
  compare_archives(state, folder);
  compare_safetensors(state, folder);
  compare_npz(state, folder);
}

// Of the file that compare_files() left; in a process that does nothing else.
void measure_resident(const std::string& folder) {
  sum_of(Held(handle_of(at::ones({kElements}))));
  const int64_t before = resident();
  const Held loaded(load_safetensors((folder + "/state.safetensors").c_str()));
  say("resident_loaded", "ours", resident() - before);
  const Held tensor(tensor_in(loaded, 7));
  require(sum_of(tensor) == expected_sum(7), "the tensor that is used");
  say("resident_used", "ours", resident() - before);
}

}  // namespace simple_torch_benchmark
