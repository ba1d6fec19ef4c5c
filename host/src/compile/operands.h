// Which registers an instruction names.
#ifndef SIMPLE_COMPILE_OPERANDS_H_
#define SIMPLE_COMPILE_OPERANDS_H_

#include <cstddef>

#include "compile/bytecode.h"

namespace simple {

// What the three operands are; see SIMPLE_INSTRUCTIONS.
struct OperandKinds {
  char a, b, c;
};
inline constexpr OperandKinds kOperandKinds[] = {
#define SIMPLE_INSTRUCTION(name, a, b, c) {a, b, c},
    SIMPLE_INSTRUCTIONS(SIMPLE_INSTRUCTION)
#undef SIMPLE_INSTRUCTION
};

// Calls visit(first, count) for all registers that an instruction reads or writes, but
// for those that a closure captures. The count may be 0.
template <typename Visit>
void visit_registers(const Instruction& code, Visit&& visit) {
  const OperandKinds& kinds = kOperandKinds[static_cast<size_t>(code.op)];
  const auto operand = [&](char kind, uint16_t first) {
    if (kind == 'r' || kind == 'w') visit(size_t{first}, size_t{1});
    if (kind == 'w' || kind == 'v') visit(size_t{first}, size_t{code.c});
  };
  operand(kinds.a, code.a);
  operand(kinds.b, code.b);
  operand(kinds.c, code.c);
  switch (code.op) {
    case Op::kIteratePrepare:
      visit(size_t{code.a}, size_t{2});
      break;
    case Op::kCountPrepare:
    case Op::kCountNext:
    case Op::kIterateNext:
      visit(size_t{code.a}, size_t{3});
      break;
    case Op::kIteratePair:
      visit(size_t{code.a}, size_t{4});
      break;
    case Op::kIterateNumbered:
      visit(size_t{code.a}, size_t{5});
      break;
    case Op::kSlice:
      visit(size_t{code.b}, size_t{3});
      break;
    case Op::kCallNamed:
      visit(size_t{code.a}, size_t{code.c} + 1);
      break;
    default:
      break;
  }
}

}  // namespace simple

#endif
