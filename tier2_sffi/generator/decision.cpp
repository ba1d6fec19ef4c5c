#include "decision.h"

#include <algorithm>

#include "text.h"

namespace simple_torch::generator {
namespace {

struct Question {
  Classes classes;
  int cost;
};

// What can be asked, and about how much that takes.
constexpr Question kQuestions[] = {
    {kNil, 1},     {kTensor, 3},    {kInt, 4},
    {kBool, 4},    {kFloat, 4},     {kText, 4},
    {kDtype, 4},   {kLayout, 4},    {kMemoryFormat, 4},
    {kDevice, 4},  {kGenerator, 4}, {kStorage, 4},
    {kStream, 4},  {kComplex, 5},   {kList | kTensors, 5},
    {kTensors, 9},
};

using Known = std::vector<Classes>;
using Ways = std::vector<const Way*>;

bool can_be(const Way& way, const Known& known) {
  for (size_t i = 0; i < known.size(); ++i) {
    if ((way.accepts[i] & known[i]) == 0) return false;
  }
  return true;
}

Ways possible(const Ways& ways, const Known& known) {
  Ways list;
  for (const Way* way : ways) {
    if (can_be(*way, known)) list.push_back(way);
  }
  return list;
}

bool takes_all(const Way& way, const Known& known) {
  for (size_t i = 0; i < known.size(); ++i) {
    if ((known[i] & ~way.accepts[i]) != 0) return false;
  }
  return true;
}

std::unique_ptr<Decision> build(const Ways& all, const Known& known);

std::unique_ptr<Decision> ask(const Ways& ways, const Known& known, size_t slot,
                              Classes asked) {
  auto decision = std::make_unique<Decision>();
  decision->slot = slot;
  decision->asked = asked;
  Known yes = known;
  yes[slot] &= asked;
  Known no = known;
  no[slot] &= ~asked;
  decision->yes = build(ways, yes);
  decision->no = build(ways, no);
  return decision;
}

std::unique_ptr<Decision> build(const Ways& all, const Known& known) {
  const Ways ways = possible(all, known);
  auto decision = std::make_unique<Decision>();
  decision->known = known;
  if (ways.empty()) return decision;
  const Way& first = *ways.front();
  const bool is_one = std::all_of(ways.begin(), ways.end(),
                                  [&](const Way* way) { return way == &first; });
  if (is_one || takes_all(first, known)) {
    // What it would not use must not have been given. Values of a wrong kind in what it
    // uses are the extern function's to refuse.
    for (size_t slot = 0; slot < known.size(); ++slot) {
      if (first.accepts[slot] == kNil && known[slot] != kNil) {
        return ask(ways, known, slot, kNil);
      }
    }
    decision->way = &first;
    return decision;
  }
  size_t best_slot = 0;
  const Question* best = nullptr;
  size_t best_left = 0;
  for (size_t slot = 0; slot < known.size(); ++slot) {
    for (const Question& question : kQuestions) {
      Known yes = known;
      yes[slot] &= question.classes;
      Known no = known;
      no[slot] &= ~question.classes;
      if (yes[slot] == 0 || no[slot] == 0) continue;
      const Ways if_yes = possible(ways, yes);
      const Ways if_no = possible(ways, no);
      if (if_yes.size() == ways.size() && if_no.size() == ways.size()) continue;
      const size_t left = if_yes.size() + if_no.size();
      if (best == nullptr || left < best_left ||
          (left == best_left && question.cost < best->cost)) {
        best = &question;
        best_slot = slot;
        best_left = left;
      }
    }
  }
  if (best == nullptr) throw Error("no question tells the overloads apart");
  return ask(ways, known, best_slot, best->classes);
}

}  // namespace

std::unique_ptr<Decision> decide(const Merged& merged) {
  Known known;
  for (const Slot& slot : merged.slots) known.push_back(slot.classes);
  Ways ways;
  for (const Way& way : merged.ways) ways.push_back(&way);
  return build(ways, known);
}

size_t depth_of(const Decision& decision) {
  if (!decision.is_question()) return 0;
  return 1 + std::max(depth_of(*decision.yes), depth_of(*decision.no));
}

}  // namespace simple_torch::generator
