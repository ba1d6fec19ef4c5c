#include "runtime/failure.h"

#include <utility>

namespace simple {

void fail(const char* code, std::string message) {
  Failure failure;
  failure.code = code;
  failure.message = std::move(message);
  throw failure;
}

}  // namespace simple
