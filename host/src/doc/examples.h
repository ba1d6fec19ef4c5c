// The examples in documentation: lines of a comment that are indented by four blanks.
// Their comments `#=> text` are what they print.
#ifndef SIMPLE_DOC_EXAMPLES_H_
#define SIMPLE_DOC_EXAMPLES_H_

#include <string>
#include <vector>

#include "doc/documented.h"

namespace simple::doc {

struct Example {
  std::string name;               // Of what it is an example: Linear, Tensor.sum.
  uint32_t line = 0;              // Of what it belongs to.
  std::vector<std::string> code;  // Without what it is indented by.
  std::string printed;
};

bool is_example_line(const std::string& line);

// All indented lines of a comment are one example.
std::vector<Example> examples_of(const Module& module);

// A spec file that runs them and compares what they print.
std::string spec_of(const Module& module, const std::vector<Example>& examples);

}  // namespace simple::doc

#endif
