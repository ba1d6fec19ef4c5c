// Which registers of a call may be in use at an instruction.
#include <algorithm>

#include "compile/operands.h"
#include "runtime/module.h"

namespace simple {

void FunctionCode::find_used_from() {
  std::vector<uint32_t> from(registers, UINT32_MAX);
  std::fill_n(from.begin(), parameters, 0);
  struct Loop {
    uint32_t start, end;
  };
  std::vector<Loop> loops;
  const auto size = static_cast<uint32_t>(code.size());
  for (uint32_t i = 0; i < size; ++i) {
    const Instruction& instruction = code[i];
    visit_registers(instruction, [&](size_t first, size_t count) {
      for (size_t each = first; each < first + count; ++each) {
        from[each] = std::min(from[each], i);
      }
    });
    int64_t target = size;
    if (instruction.op == Op::kJumpBack || instruction.op == Op::kCountNext) {
      target = int64_t{i} + 1 + instruction.wide();
    } else if (instruction.op == Op::kCallMethod && sites[instruction.b].mutate_at >= 0) {
      target = sites[instruction.b].mutate_at;
    }
    if (target <= i) loops.push_back({static_cast<uint32_t>(target), i});
  }
  // What a loop uses it may have used the time before. Inner loops come first; once more
  // if the code, which could be any, has them in another order.
  std::stable_sort(loops.begin(), loops.end(),
                   [](const Loop& a, const Loop& b) { return a.start > b.start; });
  for (bool changed = true; changed;) {
    changed = false;
    for (const Loop& loop : loops) {
      for (uint32_t& each : from) {
        if (each <= loop.start || each > loop.end) continue;
        each = loop.start;
        changed = true;
      }
    }
  }
  used_from_ = std::move(from);
}

}  // namespace simple
