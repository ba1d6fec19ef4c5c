// Which registers of a call may be in use at an instruction.
#include <algorithm>

#include "compile/operands.h"
#include "runtime/module.h"

namespace simple {

void FunctionCode::find_used_from() {
  const auto size = static_cast<uint32_t>(code.size());
  // Calls whose receiver has to be changed in its place lie behind the function's end,
  // and name no register that was not named before.
  uint32_t end = size;
  for (const Site& site : sites) {
    if (site.mutate_at >= 0) end = std::min(end, static_cast<uint32_t>(site.mutate_at));
  }
  // What a loop uses it may have used the time before: for each instruction where the
  // outermost loop around it starts, or the instruction itself.
  std::vector<uint32_t> start(size);
  for (uint32_t i = size; i-- > 0;) {
    start[i] = i;
    if (i + 1 < size) start[i] = std::min(start[i], start[i + 1]);
    const Op op = code[i].op;
    if (i < end && (op == Op::kJumpBack || op == Op::kCountNext)) {
      const int64_t target = int64_t{i} + 1 + code[i].wide();
      start[i] = std::min(start[i], static_cast<uint32_t>(target));
    }
  }
  for (uint32_t& each : start) each = start[each];

  std::vector<uint32_t> from(registers, UINT32_MAX);
  std::fill_n(from.begin(), parameters, 0);
  for (uint32_t i = 0; i < size; ++i) {
    visit_registers(code[i], [&](size_t first, size_t count) {
      for (size_t each = first; each < first + count; ++each) {
        from[each] = std::min(from[each], start[i]);
      }
    });
  }
  used_from_ = std::move(from);
}

}  // namespace simple
