// What the readers of formats read: a file's pages, bytes in memory, or a stream.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace simple_torch {

class Input {
 public:
  Input(std::string name, uint64_t size) : name_(std::move(name)), size_(size) {}
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  virtual ~Input() = default;

  // Opens the messages of what is wrong with it.
  const std::string& name() const { return name_; }
  uint64_t size() const { return size_; }
  bool has(uint64_t at, uint64_t size) const { return at <= size_ && size <= size_ - at; }

  // Bytes that stay where they are as long as this does. They must be there.
  virtual std::string_view view(uint64_t at, uint64_t size) = 0;
  // Copies bytes, which must be there. False if the stream failed.
  virtual bool read(uint64_t at, void* to, uint64_t size) = 0;
  // Throws what the stream failed with, if it did.
  virtual void check() const {}

 private:
  std::string name_;
  uint64_t size_;
};

// Bytes that outlive it.
class BytesInput final : public Input {
 public:
  BytesInput(std::string name, std::string_view bytes)
      : Input(std::move(name), bytes.size()), bytes_(bytes) {}
  std::string_view view(uint64_t at, uint64_t size) override {
    return bytes_.substr(at, size);
  }
  bool read(uint64_t at, void* to, uint64_t size) override {
    if (size > 0) std::memcpy(to, bytes_.data() + at, size);
    return true;
  }

 private:
  std::string_view bytes_;
};

// Where bytes go one after the other.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  virtual ~Output() = default;
  virtual void write(const void* data, size_t size) = 0;
  void write(std::string_view text) { write(text.data(), text.size()); }
  uint64_t position() const { return position_; }

 protected:
  uint64_t position_ = 0;
};

}  // namespace simple_torch
