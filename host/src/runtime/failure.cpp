#include "runtime/failure.h"

#include <utility>

namespace simple {

std::string to_text(const TraceLine& line) {
  return line.function + " (" + line.file + ":" + std::to_string(line.line) + ":" +
         std::to_string(line.column) + ")";
}

void fail(const char* code, std::string message) {
  Failure failure;
  failure.code = code;
  failure.message = std::move(message);
  throw failure;
}

void Failure::settle() {
  if (!trace.empty()) return;
  trace.swap(inside);
  excerpt.swap(inside_excerpt);
}

}  // namespace simple
