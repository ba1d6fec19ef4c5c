// Documentation as Markdown.
#ifndef SIMPLE_DOC_PAGE_H_
#define SIMPLE_DOC_PAGE_H_

#include <string>
#include <vector>

#include "doc/documented.h"

namespace simple::doc {

// A page of a module. A compact one has the signatures alone.
std::string page_of(const Module& module, bool compact);

// The name of a module's page: lib.x.nn.linear.md.
std::string page_name(const Module& module);

// The page that leads to the others.
std::string index_of(const std::vector<Module>& modules, const std::string& title);

}  // namespace simple::doc

#endif
