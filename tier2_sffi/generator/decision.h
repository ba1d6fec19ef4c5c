// Which overload a call means, as a tree of questions about what was given. A question
// that costs less is asked first, and nothing is asked that makes no difference.
#pragma once

#include <memory>
#include <vector>

#include "merge.h"

namespace simple_torch::generator {

struct Decision {
  // The answer, if there is nothing to ask; null: nothing fits.
  const Way* way = nullptr;
  // What is known of each slot then.
  std::vector<Classes> known;

  // Whether the slot holds one of these. They are nil, or what one question can tell.
  size_t slot = 0;
  Classes asked = 0;
  std::unique_ptr<Decision> yes;
  std::unique_ptr<Decision> no;

  bool is_question() const { return yes != nullptr; }
};

std::unique_ptr<Decision> decide(const Merged& merged);

// How many questions are asked at most.
size_t depth_of(const Decision& decision);

}  // namespace simple_torch::generator
