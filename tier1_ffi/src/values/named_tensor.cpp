#include "values/named_tensor.h"

#include <sstream>

#include "core/failure.h"

namespace simple_torch {

std::pair<std::string, at::Tensor> named_tensor(const c10::IValue& key,
                                                const c10::IValue& member,
                                                const char* argument) {
  if (!key.isString()) {
    std::ostringstream shown;
    shown << key;
    fail(Code::kType, argument,
         "must be a dict of texts and tensors, and has the key " + shown.str());
  }
  if (!member.isTensor() || !member.toTensor().defined()) {
    fail(Code::kType, argument,
         "must be a dict of texts and tensors, and has '" + key.toStringRef() +
             "', which is no tensor" +
             (member.isTensor() ? " that is defined" : ", but " + member.tagKind()));
  }
  return {key.toStringRef(), member.toTensor()};
}

}  // namespace simple_torch
