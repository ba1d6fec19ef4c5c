#include "operators/other_form.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/failure.h"
#include "core/numbers.h"
#include "simple_torch/library.h"

namespace simple_torch::in {
namespace {

std::string this_libtorch() {
  return std::string("libtorch ") + simple_torch_libtorch_version();
}

template <typename T>
bool is_list(const T* items, int64_t count, std::initializer_list<T> meant) {
  if (count != static_cast<int64_t>(meant.size())) return false;
  return count == 0 ||
         (items != nullptr && std::equal(meant.begin(), meant.end(), items));
}

}  // namespace

bool is(const char* given, const char* meant) {
  return given != nullptr && std::strcmp(given, meant) == 0;
}

bool is(int64_t bits, int64_t kind, int64_t meant_bits, int64_t meant_kind) {
  try {
    const auto given = optional_number(bits, kind, "");
    const auto meant = optional_number(meant_bits, meant_kind, "");
    if (!given || !meant) return given.has_value() == meant.has_value();
    return given->toComplexDouble() == meant->toComplexDouble();
  } catch (const Failure&) {
    // What is no number at all is not the default either; who asks names the argument.
    return false;
  }
}

bool is(const int64_t* items, int64_t count, std::initializer_list<int64_t> meant) {
  return is_list(items, count, meant);
}

bool is(const double* items, int64_t count, std::initializer_list<double> meant) {
  return is_list(items, count, meant);
}

void require_default(bool is_default, const char* argument, const char* meant) {
  if (is_default) return;
  fail(Code::kUnsupported, argument,
       "must be its default, " + std::string(meant) + ": " + this_libtorch() +
           " has no such argument");
}

void refuse_form(const char* argument, const char* what) {
  fail(Code::kUnsupported, argument, what + (" in " + this_libtorch()));
}

}  // namespace simple_torch::in
