// Transfers, and their exports of io.h.
#include "io/transfer.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/arguments.h"
#include "core/guarded.h"
#include "simple_torch/io.h"

namespace simple_torch {

void TransferState::require_open() const {
  if (!is_open_) fail(Code::kValue, "transfer", "has ended with its callback");
}

int64_t TransferState::take(void* to, int64_t capacity) {
  if (operation != SIMPLE_TORCH_TRANSFER_WRITE) {
    fail(Code::kType, "transfer", "has no bytes to take: it is no write");
  }
  const std::lock_guard lock(mutex_);
  require_open();
  const int64_t count = std::min(number, capacity);
  if (count > 0) std::memcpy(to, source_, static_cast<size_t>(count));
  answer_ = count;
  return count;
}

void TransferState::give(const void* data, int64_t bytes) {
  if (operation != SIMPLE_TORCH_TRANSFER_READ) {
    fail(Code::kType, "transfer", "takes no bytes: it is no read");
  }
  if (bytes > number) {
    fail(Code::kValue, "bytes",
         "is " + std::to_string(bytes) + " where " + std::to_string(number) +
             " were asked for");
  }
  const std::lock_guard lock(mutex_);
  require_open();
  if (bytes > 0) std::memcpy(target_, data, static_cast<size_t>(bytes));
  answer_ = bytes;
}

void TransferState::answer(int64_t answered) {
  if (operation == SIMPLE_TORCH_TRANSFER_READ) {
    fail(Code::kType, "transfer", "is a read, which is answered with bytes");
  }
  const std::lock_guard lock(mutex_);
  require_open();
  answer_ = answered;
}

int64_t TransferState::finish() {
  const std::lock_guard lock(mutex_);
  is_open_ = false;
  return answer_;
}

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_transfer_operation(simple_torch_handle transfer) {
  return guarded([&] { return (*borrow<Transfer>(transfer, "transfer"))->operation; });
}

int64_t simple_torch_transfer_number(simple_torch_handle transfer, int64_t* number_out) {
  return guarded([&] {
    const auto asked = borrow<Transfer>(transfer, "transfer");
    *required(number_out, "number_out") = (*asked)->number;
  });
}

int64_t simple_torch_transfer_take(simple_torch_handle transfer, char* buffer,
                                   int64_t capacity) {
  return guarded([&] {
    const auto asked = borrow<Transfer>(transfer, "transfer");
    list_of(buffer, capacity, "buffer");
    return (*asked)->take(buffer, capacity);
  });
}

int64_t simple_torch_transfer_give(simple_torch_handle transfer, const void* data,
                                   int64_t bytes) {
  return guarded([&] {
    const auto asked = borrow<Transfer>(transfer, "transfer");
    list_of(static_cast<const char*>(data), bytes, "data");
    (*asked)->give(data, bytes);
  });
}

int64_t simple_torch_transfer_answer(simple_torch_handle transfer, int64_t number) {
  return guarded([&] { (*borrow<Transfer>(transfer, "transfer"))->answer(number); });
}

int64_t simple_torch_transfer_free(simple_torch_handle transfer) {
  return guarded([&] { HandleTable::get().free(transfer, Kind::kTransfer, "transfer"); });
}
