// Parses whatever bytes come: no input may crash the parser, or make a tree that is too
// deep to walk. For libFuzzer: clang++ -fsanitize=fuzzer,address.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "syntax/ast_dump.h"
#include "syntax/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const simple::Source source("<fuzz>", text);
  std::vector<simple::Diagnostic> diagnostics;
  const auto module = simple::parse(source, diagnostics);
  for (const simple::Diagnostic& diagnostic : diagnostics) render(diagnostic, source);
  if (diagnostics.empty()) simple::dump(*module);
  simple::wants_more(text);
  return 0;
}
