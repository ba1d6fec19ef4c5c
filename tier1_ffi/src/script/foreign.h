// libtorch's own readers and writers of archives, on our inputs and outputs.
#pragma once

#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/csrc/jit/api/module.h>

#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "core/file.h"
#include "serialize/zip.h"

namespace simple_torch {

// An archive that libtorch is about to read: what it would believe is looked at before.
class ForeignArchive {
 public:
  explicit ForeignArchive(Input& input);

  // Calls `body`, which has libtorch read. Whatever libtorch says about the content is
  // FORMAT.
  template <typename Body>
  auto read(Body&& body) {
    try {
      return body();
    } catch (const Failure&) {
      throw;
    } catch (const c10::OutOfMemoryError&) {
      throw;
    } catch (const c10::Error& error) {
      refuse(error.what_without_backtrace());
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      refuse(error.what());
    }
  }

  // As libtorch's reader asks for bytes. It gets fewer if something is wrong; then read()
  // says what.
  size_t give(uint64_t at, void* to, size_t size);
  uint64_t size() const { return input_.size(); }

 private:
  [[noreturn]] void refuse(const std::string& why) const;
  void check_record(const std::string& name);
  uint64_t storage_size(const std::string& name);

  Input& input_;
  const ZipReader archive_;
  std::exception_ptr damage_;
  // What libtorch will read of storages.
  uint64_t storage_bytes_ = 0;
};

class ForeignReader final : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit ForeignReader(ForeignArchive& archive) : archive_(archive) {}
  size_t size() const override { return archive_.size(); }
  size_t read(uint64_t at, void* to, size_t size, const char*) const override {
    return archive_.give(at, to, size);
  }

 private:
  ForeignArchive& archive_;
};

// What libtorch's writer is given. Its destructor writes too and must not fail, so after
// a failure it is told that all is well until check() says otherwise.
class ForeignWriter {
 public:
  explicit ForeignWriter(Output& output) : output_(output) {}
  std::function<size_t(const void*, size_t)> function();
  void check() const;

 private:
  Output& output_;
  std::exception_ptr failure_;
};

}  // namespace simple_torch
