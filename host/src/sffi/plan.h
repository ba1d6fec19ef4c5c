// A declaration made ready for calling.
#ifndef SIMPLE_SFFI_PLAN_H_
#define SIMPLE_SFFI_PLAN_H_

#include <memory>
#include <vector>

#include "sffi/boundary.h"
#include "sffi/extern.h"
#include "sffi/invoke.h"

namespace simple {

struct ExternPlan {
  std::vector<BoundaryType> parameters;
  std::vector<BoundaryType> results;  // The own one, then those behind the parameters.
  NativeLibrary* library = nullptr;
  std::unique_ptr<Invoker> invoker;
  // It is called rt_…_free and takes one handle: the value is empty afterwards.
  bool frees = false;
  bool has_functions = false;
  bool has_kept = false;
};

// Finds the C function, reads the types and chooses how it is called from now on.
void make_ready(ExternFunction& function);
// Whether a declaration is that of a finalizer, as far as its name and count say.
bool is_named_as_finalizer(const ExternDeclaration& declaration);

}  // namespace simple

#endif
