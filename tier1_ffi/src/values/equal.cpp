#include "values/equal.h"

#include <ATen/Functions.h>
#include <ATen/core/Dict.h>
#include <ATen/core/List.h>

namespace simple_torch {
namespace {

bool are_equal_tensors(const at::Tensor& left, const at::Tensor& right) {
  if (left.is_same(right)) return true;
  if (!left.defined() || !right.defined()) return left.defined() == right.defined();
  return left.scalar_type() == right.scalar_type() && left.device() == right.device() &&
         left.sizes() == right.sizes() && left.equal(right);
}

bool are_equal_elements(c10::ArrayRef<c10::IValue> left,
                        c10::ArrayRef<c10::IValue> right) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (!are_equal(left[i], right[i])) return false;
  }
  return true;
}

// The order of the keys does not count.
bool are_equal_dicts(const c10::impl::GenericDict& left,
                     const c10::impl::GenericDict& right) {
  if (left.size() != right.size()) return false;
  for (const auto& entry : left) {
    const auto found = right.find(entry.key());
    if (found == right.end() || !are_equal(entry.value(), found->value())) return false;
  }
  return true;
}

}  // namespace

bool are_equal(const c10::IValue& left, const c10::IValue& right) {
  if (left.isTensor() && right.isTensor()) {
    return are_equal_tensors(left.toTensor(), right.toTensor());
  }
  if (left.isList() && right.isList()) {
    return are_equal_elements(left.toListRef(), right.toListRef());
  }
  if (left.isTuple() && right.isTuple()) {
    return are_equal_elements(left.toTupleRef().elements(),
                              right.toTupleRef().elements());
  }
  if (left.isGenericDict() && right.isGenericDict()) {
    return are_equal_dicts(left.toGenericDict(), right.toGenericDict());
  }
  // libtorch compares an int with a float as numbers; here they are two things.
  if (left.tagKind() != right.tagKind()) return false;
  if (left.isObject()) return left.is(right);
  return left == right;
}

}  // namespace simple_torch
