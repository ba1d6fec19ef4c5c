// All that differs between the libtorch versions this source is built for. Everything
// else in the tree is written once.
#pragma once

#include <c10/core/Allocator.h>
#include <c10/core/Scalar.h>
#include <c10/core/SymInt.h>
#include <c10/util/Exception.h>
#include <c10/util/Logging.h>

#include <cstddef>
#include <optional>
#include <string>

// SIMPLE_TORCH_LIBTORCH_MAJOR and _MINOR come from the build, which reads version.h.
#define SIMPLE_TORCH_LIBTORCH_AT_LEAST(major, minor) \
  (SIMPLE_TORCH_LIBTORCH_MAJOR > (major) ||          \
   (SIMPLE_TORCH_LIBTORCH_MAJOR == (major) && SIMPLE_TORCH_LIBTORCH_MINOR >= (minor)))

#if !SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 2)
#include <c10/util/Optional.h>
#endif

// Dims had names.
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 13)
#define SIMPLE_TORCH_DIM_NAMES 0
#else
#define SIMPLE_TORCH_DIM_NAMES 1
#include <ATen/core/Dimname.h>
#endif

namespace simple_torch::compat {

// The optional of libtorch's own signatures, which became the standard one.
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 2)
template <typename T>
using Optional = std::optional<T>;
#else
template <typename T>
using Optional = c10::optional<T>;
#endif

// c10::Allocator, whose `allocate` was const, and which had no `copy_data`. Derived
// classes have `c10::DataPtr obtain(size_t) const`.
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 3)
#define SIMPLE_TORCH_ALLOCATE_CONST
#else
#define SIMPLE_TORCH_ALLOCATE_CONST const
#endif
template <typename Derived>
class Allocator : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) SIMPLE_TORCH_ALLOCATE_CONST final {
    return static_cast<const Derived*>(this)->obtain(bytes);
  }
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 2)
  void copy_data(void* to, const void* from, size_t count) const final {
    default_copy_data(to, from, count);
  }
#endif
};
#undef SIMPLE_TORCH_ALLOCATE_CONST

// An error's backtrace: symbolised when it is read, or, in old versions, when it is
// thrown.
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 4)
using Backtrace = c10::Backtrace;
inline std::string backtrace_text(const Backtrace& backtrace) {
  return backtrace == nullptr ? std::string() : backtrace->get();
}
inline void avoid_costly_backtraces() {}
#else
using Backtrace = std::string;
inline std::string backtrace_text(const Backtrace& backtrace) { return backtrace; }
inline void avoid_costly_backtraces() {
  c10::SetStackTraceFetcher([] { return std::string(); });
}
#endif

// What libtorch does with a thread's warnings.
class WarningHandler : public c10::WarningHandler {
 public:
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 0)
  void process(const c10::Warning& warning) final { warn(warning.msg()); }
#else
  void process(const c10::SourceLocation&, const std::string& text, bool) final {
    warn(text);
  }
#endif

 protected:
  virtual void warn(const std::string& text) = 0;
};
inline void set_warning_handler(WarningHandler* handler) {
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 0)
  c10::WarningUtils::set_warning_handler(handler);
#else
  c10::Warning::set_warning_handler(handler);
#endif
}

// Integers above INT64_MAX exist in scalars since there is a uint64 dtype; their 64 bits
// pass.
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 3)
inline bool is_uint64(c10::ScalarType dtype) { return dtype == c10::ScalarType::UInt64; }
inline int64_t integer_bits(const c10::Scalar& number) {
  return is_uint64(number.type()) ? static_cast<int64_t>(number.toUInt64())
                                  : number.toLong();
}
#else
inline bool is_uint64(c10::ScalarType) { return false; }
inline int64_t integer_bits(const c10::Scalar& number) { return number.toLong(); }
#endif

// The integer that a symbolic one stands for.
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 0)
inline int64_t concrete(const c10::SymInt& number) {
  return number.guard_int(__FILE__, __LINE__);
}
#else
inline int64_t concrete(const c10::SymInt& number) { return number.expect_int(); }
#endif

}  // namespace simple_torch::compat
