// What a failed expectation says.
#ifndef SIMPLE_SPEC_MESSAGE_H_
#define SIMPLE_SPEC_MESSAGE_H_

#include <string>

#include "runtime/value.h"

namespace simple {

class Vm;

// A value on one line, cut if it is very long.
std::string show(Vm& vm, Value value);

// "expected 3 to equal 4". Values that look the same are told apart by their types; of
// long collections and texts of several lines that should be equal, the difference is
// shown.
std::string explain(Vm& vm, Value actual, const std::string& phrase, Value expected);

}  // namespace simple

#endif
