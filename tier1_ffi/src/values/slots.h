// Slots of C and values of libtorch: each in terms of the other.
#pragma once

#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include "simple_torch/value.h"

namespace simple_torch {

// The value of a slot that is to have a type: numbers convert as libtorch's own calls do,
// nothing else does. Fails with TYPE.
c10::IValue value_of(const simple_torch_slot& slot, const c10::TypePtr& type,
                     const char* argument);

// The value of a slot by its kind alone.
c10::IValue value_of(const simple_torch_slot& slot, const char* argument);

// What value_of() would make of the slot's kind, as far as it can be told without it.
bool may_have_type(const simple_torch_slot& slot, const c10::TypePtr& type);

// The slot of a value that goes out; handles in it belong to the caller.
simple_torch_slot slot_of(c10::IValue&& value);
// Its kind.
int64_t slot_kind(const c10::IValue& value);

// Frees the handle in a slot that will not go out after all.
void discard(const simple_torch_slot& slot);

}  // namespace simple_torch
