#include "core/guarded.h"

#include <c10/util/Exception.h>

#include <new>
#include <typeinfo>

#include "cuda/room.h"
#include "memory/runtime.h"

namespace simple_torch {

std::atomic<bool> work_waits{false};

namespace {

constinit const char* why_refused = nullptr;

int64_t record(Code code, const char* argument, std::string_view text) noexcept {
  CallState& state = CallState::get();
  state.error.set(code, state.operation, argument, text);
  return static_cast<int64_t>(code);
}

int64_t record_torch(Code code, const c10::Error& error) noexcept {
  const int64_t recorded = record(code, "", error.what_without_backtrace());
  try {
    CallState::get().error.backtrace = error.backtrace();
  } catch (...) {
    // Old versions copy a string here; without memory the record has no backtrace.
  }
  return recorded;
}

}  // namespace

int64_t record_current_exception() noexcept {
  try {
    throw;
  } catch (const Failure& failure) {
    return record(failure.code(), failure.argument(), failure.what());
  } catch (const c10::IndexError& error) {
    return record_torch(Code::kIndex, error);
  } catch (const c10::TypeError& error) {
    return record_torch(Code::kType, error);
  } catch (const c10::ValueError& error) {
    return record_torch(Code::kValue, error);
  } catch (const c10::NotImplementedError& error) {
    return record_torch(Code::kNotImplemented, error);
  } catch (const c10::OutOfMemoryError& error) {
    want_postponed_collection();
    return record_torch(Code::kOutOfMemory, error);
  } catch (const c10::LinAlgError& error) {
    return record_torch(Code::kLinalg, error);
  } catch (const c10::Error& error) {
    return record_torch(Code::kTorch, error);
  } catch (const std::bad_alloc&) {
    return record(Code::kOutOfMemory, "", "out of memory");
  } catch (const std::exception& error) {
    return record(Code::kTorch, "", error.what());
  } catch (...) {
    return record(Code::kInternal, "", "an exception of unknown type");
  }
}

const char* refusal() { return why_refused; }

void set_refusal(const char* why) {
  why_refused = why;
  work_waits.store(true, std::memory_order_relaxed);
}

int64_t before_call(bool may_work) noexcept {
  if (why_refused != nullptr) return record(Code::kUnsupported, "", why_refused);
  if (may_work) {
    work_waits.store(false, std::memory_order_seq_cst);
    HandleTable::get().drain();
    collect_if_wanted();
  }
  return 0;
}

void fail_callback() {
  const TextBuffer& text = CallState::get().error.callback_text;
  fail(Code::kCallback, "",
       text.length() > 0 ? text.text() : "the callback failed without saying why");
}

}  // namespace simple_torch
