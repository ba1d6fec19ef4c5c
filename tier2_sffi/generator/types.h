// How the types of libtorch's schemas cross the borders: one row for each.
#pragma once

#include <string>
#include <vector>

namespace simple_torch::generator {

struct CParameter {
  // What follows the argument's name: "", "_count", "_bits", "_kind".
  std::string suffix;
  std::string type;

  bool operator==(const CParameter&) const = default;
};

struct ArgumentType {
  std::string schema;
  std::vector<CParameter> c;
  // The types in an extern declaration of Simple: one, or as many as C's.
  std::vector<std::string> externs;
  // The type in Simple's functions.
  std::string simple;
  // What makes the externs' values from a value `$` of that type.
  std::vector<std::string> lowered;
  // Said of it in the C header, where it is not plain; "" if there is nothing to say.
  std::string note;
};

struct ResultType {
  std::string schema;
  // "simple_torch_handle" if it can be a C function's own result, else "".
  std::string returned;
  // The out parameters that take it otherwise.
  std::vector<CParameter> out;
  // The type in Simple, in the extern declaration and in functions.
  std::string external;
  std::string simple;
  // What makes the function's value from the extern's value `$`.
  std::string raised;
  std::string note;
};

// Fails with Error, naming the type.
const ArgumentType& argument_type(const std::string& schema, const std::string& where);
const ResultType& result_type(const std::string& schema, const std::string& where);

// What turns C's parameters into the C++ argument, as C++ type and schema together need
// it: a function of operators/arguments.h, or "" where C's value is passed as it is.
const std::string& reader_of(const std::string& schema, const std::string& cpp,
                             const std::string& where);

}  // namespace simple_torch::generator
