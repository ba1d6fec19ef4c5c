// From text to tree.
#ifndef SIMPLE_SYNTAX_PARSER_H_
#define SIMPLE_SYNTAX_PARSER_H_

#include <memory>
#include <vector>

#include "syntax/ast.h"
#include "syntax/source.h"

namespace simple {

// Parses a whole source. What is wrong goes into `diagnostics`, all of it: the parser
// goes on at the next statement. The tree is usable only if nothing was added.
std::unique_ptr<ast::Module> parse(const Source& source,
                                   std::vector<Diagnostic>& diagnostics);

// Whether a piece of a program ends too early rather than wrongly: more lines may follow.
// For the interactive prompt.
bool wants_more(std::string_view text);

}  // namespace simple

#endif
