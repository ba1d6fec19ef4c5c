// What the one function of a stream is asked to do, and what it answers.
#pragma once

#include <memory>
#include <mutex>

#include "core/failure.h"

namespace simple_torch {

// Shared by the stream's frame and the handle, which other threads may be using when the
// function has returned. Then nothing can be taken or given any more.
class TransferState {
 public:
  TransferState(int64_t asked, int64_t with, const void* source, void* target)
      : operation(asked), number(with), source_(source), target_(target) {}

  const int64_t operation;
  // The bytes that are wanted, or the place to go to.
  const int64_t number;

  int64_t take(void* to, int64_t capacity);
  void give(const void* data, int64_t bytes);
  void answer(int64_t answered);
  // Ends it: what was answered, or -1.
  int64_t finish();

 private:
  void require_open() const;

  std::mutex mutex_;  // Guards what follows.
  bool is_open_ = true;
  const void* source_;
  void* target_;
  int64_t answer_ = -1;
};

// What the handle names.
class Transfer {
 public:
  explicit Transfer(std::shared_ptr<TransferState> state) : state_(std::move(state)) {}
  TransferState* operator->() const { return state_.get(); }

 private:
  std::shared_ptr<TransferState> state_;
};

}  // namespace simple_torch
