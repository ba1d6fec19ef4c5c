// What a type of an extern declaration means at the boundary: tier2_sffi/README.md has
// the table, this is its reader.
#ifndef SIMPLE_SFFI_BOUNDARY_H_
#define SIMPLE_SFFI_BOUNDARY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/object.h"
#include "sffi/extern.h"

namespace simple {

enum class Shape : uint8_t {
  kUnit,
  kInt,
  kInt32,
  kBool,
  kFloat,
  kText,
  kHandle,
  kScalar,    // bits and kind
  kMaybeInt,  // i64?, f64?, bool?: likewise
  kMaybeFloat,
  kMaybeBool,
  kPacked,    // [i64], [f64], [u8]: the address of the elements
  kHandles,   // the address of a copy
  kScalars,   // the address of pairs of bits and kind
  kFunction,  // function pointer, context, destroy
  kKept,      // the address of the elements, context, destroy; see sffi/kept.h
};

// The kinds of a number in two slots.
enum class NumberKind : int64_t { kNone, kInt, kFloat, kBool, kComplex };

// What C gets from a callback that failed, unless it returns a handle, a double or text.
inline constexpr int64_t kCallbackFailed = -1;

struct BoundaryType {
  Shape shape = Shape::kUnit;
  bool optional = false;        // text?, T?, [i64]?, fn()?
  bool optional_items = false;  // [T?]
  uint8_t packed = 0;           // kPacked, kKept: which Elements fit, as bits
  Type* type = nullptr;         // kHandle, kHandles
  Symbol handles_of;  // kInt: the library whose values it takes as the number they hold
  std::shared_ptr<const CallbackSignature> function;  // kFunction
  std::string text;                                   // As it is written.

  bool takes(Elements elements) const {
    return (packed >> static_cast<int>(elements)) & 1;
  }
};

// How many words or doubles a parameter takes.
int slots_of(Shape shape);
// How many out pointers a further result takes.
int out_slots_of(Shape shape);

// A written type taken apart.
struct WrittenType {
  enum class Form : uint8_t { kName, kArray, kTuple, kFunction, kUnion, kKept, kWrong };
  explicit WrittenType(Form what) : form(what) {}

  Form form;
  bool optional = false;
  std::string_view name;
  // Of a function: the parameters, then the result (an empty name if it has none). Of
  // Kept<…>: what is kept.
  std::vector<WrittenType> parts;
};
WrittenType parse_type(std::string_view text);

// Fails, with `where` in the message, for what cannot cross the boundary there.
BoundaryType parameter_type(const WrittenType& written, std::string_view text,
                            const ExternFunction& function, Symbol library,
                            const std::string& where);
// Own result first, then what comes back through pointers.
std::vector<BoundaryType> result_types(std::string_view text,
                                       const ExternFunction& function, Symbol library);
// Of what a callback gets and gives.
BoundaryType callback_type(const WrittenType& written, bool is_result,
                           const ExternFunction& function, Symbol library,
                           const std::string& where);

}  // namespace simple

#endif
