// What generated functions do where this libtorch has an operator in another form than
// the one that is declared: see tier2_sffi/generator/agreement.h.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace simple_torch::in {

// Whether what is given is a default: a text, a number of any kind, a list.
bool is(const char* given, const char* meant);
bool is(int64_t bits, int64_t kind, int64_t meant_bits, int64_t meant_kind);
bool is(const int64_t* items, int64_t count, std::initializer_list<int64_t> meant);
bool is(const double* items, int64_t count, std::initializer_list<double> meant);
inline bool is_none(const void*, int64_t count) { return count == -1; }

// Of an argument that this libtorch has not. `meant` is its default, for the message.
void require_default(bool is_default, const char* argument, const char* meant);

// `what` of the operator, or of the argument if it is not "", is other in this libtorch.
[[noreturn]] void refuse_form(const char* argument, const char* what);

}  // namespace simple_torch::in
