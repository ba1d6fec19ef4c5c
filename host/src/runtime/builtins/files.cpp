// rt_file_…, rt_dir_…, rt_path_…: files and folders. They answer nil or false when
// something fails; rt_io_error() then says what it was. std.fs makes Results of that.
#include <sys/stat.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "runtime/builtins/arguments.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

namespace fs = std::filesystem;

// What failed last. Only the thread of the machine runs natives.
std::string& last_error() {
  static std::string message;
  return message;
}

std::string path_argument(const Value* arguments, int index, const char* function) {
  const std::string_view path = expect_text(arguments[index], function, index + 1);
  if (path.find('\0') != std::string_view::npos) {
    fail("E1005", std::string("`") + function + "` got a path with a zero byte in it");
  }
  return std::string(path);
}

void note(const std::string& path, const std::error_code& error) {
  last_error() = path + ": " + error.message();
}
void note_errno(const std::string& path) {
  note(path, std::error_code(errno, std::generic_category()));
}

// Whether an operation went well; notes the error otherwise.
Value went_well(const std::string& path, const std::error_code& error) {
  if (!error) return Value::of(true);
  note(path, error);
  return Value::of(false);
}

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

bool read_whole(const std::string& path, std::string& bytes) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    note(path, std::make_error_code(std::errc::is_a_directory));
    return false;
  }
  const File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) {
    note_errno(path);
    return false;
  }
  char buffer[1 << 16];
  size_t count = 0;
  while ((count = std::fread(buffer, 1, sizeof(buffer), file.get())) != 0) {
    bytes.append(buffer, count);
  }
  if (std::ferror(file.get()) == 0) return true;
  note_errno(path);
  return false;
}

bool write_whole(const std::string& path, std::string_view bytes, const char* mode) {
  File file(std::fopen(path.c_str(), mode));
  if (file == nullptr) {
    note_errno(path);
    return false;
  }
  const bool written =
      std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  // What the disk refuses may show only now.
  if (std::fclose(file.release()) == 0 && written) return true;
  note_errno(path);
  return false;
}

// ---- Contents

Value read_text(Vm& vm, Value* arguments, int) {
  std::string bytes;
  if (!read_whole(path_argument(arguments, 0, "rt_file_read_text"), bytes))
    return Value();
  return vm.text(is_valid_utf8(bytes) ? bytes : valid_utf8(bytes));
}

Value read_bytes(Vm& vm, Value* arguments, int) {
  std::string bytes;
  if (!read_whole(path_argument(arguments, 0, "rt_file_read_bytes"), bytes))
    return Value();
  const auto length = static_cast<int64_t>(bytes.size());
  Array* result = vm.heap().array(Elements::kBytes, length);
  if (length != 0) std::memcpy(result->bytes(), bytes.data(), bytes.size());
  result->length = length;
  return Value::of(result);
}

Value write_text(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_file_write_text");
  return Value::of(
      write_whole(path, expect_text(arguments[1], "rt_file_write_text", 2), "wb"));
}

Value append_text(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_file_append_text");
  return Value::of(
      write_whole(path, expect_text(arguments[1], "rt_file_append_text", 2), "ab"));
}

Value write_bytes(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_file_write_bytes");
  const Array* array = expect_array(arguments[1], "rt_file_write_bytes", 2);
  std::string bytes;
  for (int64_t i = 0; i < array->length; ++i) {
    const Value item = array->get(i);
    if (!item.is_integral() || item.integer < 0 || item.integer > 255) {
      wrong_argument("rt_file_write_bytes", 2, "an array of bytes", arguments[1]);
    }
    bytes += static_cast<char>(item.integer);
  }
  return Value::of(write_whole(path, bytes, "wb"));
}

// ---- What is there

Value exists(Vm&, Value* arguments, int) {
  std::error_code error;
  return Value::of(fs::exists(path_argument(arguments, 0, "rt_file_exists"), error));
}
Value is_file(Vm&, Value* arguments, int) {
  std::error_code error;
  return Value::of(
      fs::is_regular_file(path_argument(arguments, 0, "rt_file_is_file"), error));
}
Value is_dir(Vm&, Value* arguments, int) {
  std::error_code error;
  return Value::of(
      fs::is_directory(path_argument(arguments, 0, "rt_file_is_dir"), error));
}

Value size(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_file_size");
  std::error_code error;
  const uintmax_t bytes = fs::file_size(path, error);
  if (!error) return Value::of(static_cast<int64_t>(bytes));
  note(path, error);
  return Value();
}

// Seconds since 1970, or nil.
Value modified(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_file_modified");
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    return Value::of(static_cast<double>(status.st_mtim.tv_sec) +
                     static_cast<double>(status.st_mtim.tv_nsec) * 1e-9);
  }
  note_errno(path);
  return Value();
}

// ---- Changing what is there

Value remove(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_file_remove");
  std::error_code error;
  if (!fs::remove(path, error) && !error) {
    error = std::make_error_code(std::errc::no_such_file_or_directory);
  }
  return went_well(path, error);
}

Value remove_all(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_dir_remove_all");
  std::error_code error;
  fs::remove_all(path, error);
  return went_well(path, error);
}

Value rename(Vm&, Value* arguments, int) {
  const std::string from = path_argument(arguments, 0, "rt_file_rename");
  std::error_code error;
  fs::rename(from, path_argument(arguments, 1, "rt_file_rename"), error);
  return went_well(from, error);
}

Value copy(Vm&, Value* arguments, int) {
  const std::string from = path_argument(arguments, 0, "rt_file_copy");
  std::error_code error;
  fs::copy_file(from, path_argument(arguments, 1, "rt_file_copy"),
                fs::copy_options::overwrite_existing, error);
  return went_well(from, error);
}

Value create_dir(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_dir_create");
  std::error_code error;
  if (!fs::create_directory(path, error) && !error && !fs::is_directory(path)) {
    error = std::make_error_code(std::errc::file_exists);
  }
  return went_well(path, error);
}

Value create_dirs(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_dir_create_all");
  std::error_code error;
  fs::create_directories(path, error);
  return went_well(path, error);
}

// The names in a folder, sorted; nil if it cannot be read.
Value list_dir(Vm& vm, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_dir_list");
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(valid_utf8(entry->path().filename().string()));
  }
  if (error) {
    note(path, error);
    return Value();
  }
  std::sort(names.begin(), names.end());
  Array* result = vm.heap().array(Elements::kValues, 0);
  for (const std::string& name : names) vm.heap().push(result, vm.text(name));
  return Value::of(result);
}

// ---- Paths

Value path_of(Vm& vm, const fs::path& path, const std::error_code& error,
              const std::string& asked) {
  if (!error) return vm.text(valid_utf8(path.string()));
  note(asked, error);
  return Value();
}

Value absolute(Vm& vm, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_path_absolute");
  std::error_code error;
  return path_of(vm, fs::weakly_canonical(fs::absolute(path, error), error), error, path);
}

Value current_dir(Vm& vm, Value*, int) {
  std::error_code error;
  return path_of(vm, fs::current_path(error), error, ".");
}

Value change_dir(Vm&, Value* arguments, int) {
  const std::string path = path_argument(arguments, 0, "rt_dir_change");
  std::error_code error;
  fs::current_path(path, error);
  return went_well(path, error);
}

// A new folder of its own for temporary files.
Value temporary_dir(Vm& vm, Value*, int) {
  std::error_code error;
  std::string pattern = fs::temp_directory_path(error).string() + "/simple-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    note_errno(pattern);
    return Value();
  }
  return vm.text(pattern);
}

Value io_error(Vm& vm, Value*, int) { return vm.text(valid_utf8(last_error())); }

const NativeSpec kFunctions[] = {
    {"rt_file_read_text", read_text, 1, 1},
    {"rt_file_read_bytes", read_bytes, 1, 1},
    {"rt_file_write_text", write_text, 2, 2},
    {"rt_file_append_text", append_text, 2, 2},
    {"rt_file_write_bytes", write_bytes, 2, 2},
    {"rt_file_exists", exists, 1, 1},
    {"rt_file_is_file", is_file, 1, 1},
    {"rt_file_is_dir", is_dir, 1, 1},
    {"rt_file_size", size, 1, 1},
    {"rt_file_modified", modified, 1, 1},
    {"rt_file_remove", remove, 1, 1},
    {"rt_file_delete", remove, 1, 1},
    {"rt_file_rename", rename, 2, 2},
    {"rt_file_copy", copy, 2, 2},
    {"rt_dir_create", create_dir, 1, 1},
    {"rt_dir_create_all", create_dirs, 1, 1},
    {"rt_dir_list", list_dir, 1, 1},
    {"rt_dir_remove_all", remove_all, 1, 1},
    {"rt_dir_current", current_dir, 0, 0},
    {"rt_dir_change", change_dir, 1, 1},
    {"rt_dir_temporary", temporary_dir, 0, 0},
    {"rt_path_absolute", absolute, 1, 1},
    {"rt_io_error", io_error, 0, 0},
};

}  // namespace

void define_files(Vm& vm) { define_all(vm, kFunctions); }

}  // namespace simple
