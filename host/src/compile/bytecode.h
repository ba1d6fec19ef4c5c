// The instructions of the machine. An instruction is eight bytes: what to do and three
// operands of sixteen bits. R[x] is a register of the function that runs.
#ifndef SIMPLE_COMPILE_BYTECODE_H_
#define SIMPLE_COMPILE_BYTECODE_H_

#include <cstdint>

namespace simple {

// What an operand is; the check of stored code goes by it.
//   r  a register            w  the first of a window of registers; c is how many
//   v  the first of c registers that are only read; there may be none
//   k  a constant            s  a call site (a name with what was found for it)
//   g  a reference to a global               f  a nested function
//   i  a number              j  a jump of 32 bits in b and c     o  a jump of 16 bits
//   -  not used
// Jumps are relative to the next instruction.
#define SIMPLE_INSTRUCTIONS(X)                                                          \
  X(kNop, '-', '-', '-')                                                                \
  X(kMove, 'r', 'r', '-')                                                               \
  X(kMoveShare, 'r', 'r', '-') /* and the value has one more holder */                  \
  X(kShare, 'r', '-', '-')                                                              \
  X(kLoadNil, 'r', '-', '-')                                                            \
  X(kLoadMissing, 'r', '-', '-')                                                        \
  X(kLoadBool, 'r', 'i', '-')                                                           \
  X(kLoadInt, 'r', 'i', 'i') /* 32 bits in b and c */                                   \
  X(kLoadConstant, 'r', 'k', '-')                                                       \
  X(kGetGlobal, 'r', 'g', '-')                                                          \
  X(kSetGlobal, 'r', 'g', '-')                                                          \
  X(kGetGlobalMutable, 'r', 'g', '-') /* made unshared in its place */                  \
  X(kGetCaptured, 'r', 'i', '-')                                                        \
  X(kGetSelfClosure, 'r', '-', '-')                                                     \
  X(kNewCell, 'r', 'r', '-')                                                            \
  X(kGetCell, 'r', 'r', '-')                                                            \
  X(kSetCell, 'r', 'r', '-') /* the cell in a gets b */                                 \
  X(kGetCellMutable, 'r', 'r', '-')                                                     \
  X(kUnshare, 'r', '-', '-')                                                            \
  X(kCopy, 'r', 'r', '-')    /* a copy of its own, if it is a value that copies */      \
  X(kClosure, 'r', 'f', '-') /* what it captures is in the nested function's list */    \
  X(kAdd, 'r', 'r', 'r')                                                                \
  X(kSubtract, 'r', 'r', 'r')                                                           \
  X(kMultiply, 'r', 'r', 'r')                                                           \
  X(kDivide, 'r', 'r', 'r')                                                             \
  X(kRemainder, 'r', 'r', 'r')                                                          \
  X(kPower, 'r', 'r', 'r')                                                              \
  X(kMatmul, 'r', 'r', 'r')                                                             \
  X(kBitAnd, 'r', 'r', 'r')                                                             \
  X(kBitOr, 'r', 'r', 'r')                                                              \
  X(kBitXor, 'r', 'r', 'r')                                                             \
  X(kShiftLeft, 'r', 'r', 'r')                                                          \
  X(kShiftRight, 'r', 'r', 'r')                                                         \
  X(kAddInt, 'r', 'r', 'i') /* a signed number */                                       \
  X(kAddConstant, 'r', 'r', 'k')                                                        \
  X(kSubtractConstant, 'r', 'r', 'k')                                                   \
  X(kMultiplyConstant, 'r', 'r', 'k')                                                   \
  X(kDivideConstant, 'r', 'r', 'k')                                                     \
  X(kRemainderConstant, 'r', 'r', 'k')                                                  \
  /* The same in the same order, for +=: what is on the left may change itself. */      \
  X(kAddInto, 'r', 'r', 'r')                                                            \
  X(kSubtractInto, 'r', 'r', 'r')                                                       \
  X(kMultiplyInto, 'r', 'r', 'r')                                                       \
  X(kDivideInto, 'r', 'r', 'r')                                                         \
  X(kRemainderInto, 'r', 'r', 'r')                                                      \
  X(kPowerInto, 'r', 'r', 'r')                                                          \
  X(kMatmulInto, 'r', 'r', 'r')                                                         \
  X(kBitAndInto, 'r', 'r', 'r')                                                         \
  X(kBitOrInto, 'r', 'r', 'r')                                                          \
  X(kBitXorInto, 'r', 'r', 'r')                                                         \
  X(kShiftLeftInto, 'r', 'r', 'r')                                                      \
  X(kShiftRightInto, 'r', 'r', 'r')                                                     \
  X(kAddIntInto, 'r', 'r', 'i')                                                         \
  X(kAddConstantInto, 'r', 'r', 'k')                                                    \
  X(kSubtractConstantInto, 'r', 'r', 'k')                                               \
  X(kMultiplyConstantInto, 'r', 'r', 'k')                                               \
  X(kDivideConstantInto, 'r', 'r', 'k')                                                 \
  X(kRemainderConstantInto, 'r', 'r', 'k')                                              \
  X(kNegate, 'r', 'r', '-')                                                             \
  X(kNot, 'r', 'r', '-')                                                                \
  X(kInvert, 'r', 'r', '-')                                                             \
  X(kEqual, 'r', 'r', 'r')                                                              \
  X(kNotEqual, 'r', 'r', 'r')                                                           \
  X(kLess, 'r', 'r', 'r')                                                               \
  X(kLessEqual, 'r', 'r', 'r')                                                          \
  X(kGreater, 'r', 'r', 'r')                                                            \
  X(kGreaterEqual, 'r', 'r', 'r')                                                       \
  X(kIn, 'r', 'r', 'r')                                                                 \
  X(kIs, 'r', 'r', 'r')                                                                 \
  X(kTruth, 'r', 'r', '-')                                                              \
  X(kJump, '-', 'j', 'j')                                                               \
  X(kJumpBack, '-', 'j', 'j') /* of a loop: looks whether something interrupts */       \
  X(kJumpIf, 'r', 'j', 'j')                                                             \
  X(kJumpIfNot, 'r', 'j', 'j')                                                          \
  X(kJumpIfNil, 'r', 'j', 'j')                                                          \
  X(kJumpIfNotNil, 'r', 'j', 'j')                                                       \
  X(kJumpIfGiven, 'r', 'j', 'j') /* unless an argument is missing */                    \
  X(kJumpLess, 'r', 'r', 'o')                                                           \
  X(kJumpNotLess, 'r', 'r', 'o')                                                        \
  X(kJumpLessEqual, 'r', 'r', 'o')                                                      \
  X(kJumpNotLessEqual, 'r', 'r', 'o')                                                   \
  X(kJumpGreater, 'r', 'r', 'o')                                                        \
  X(kJumpNotGreater, 'r', 'r', 'o')                                                     \
  X(kJumpGreaterEqual, 'r', 'r', 'o')                                                   \
  X(kJumpNotGreaterEqual, 'r', 'r', 'o')                                                \
  X(kJumpEqual, 'r', 'r', 'o')                                                          \
  X(kJumpNotEqual, 'r', 'r', 'o')                                                       \
  X(kJumpLessInt, 'r', 'i', 'o')                                                        \
  X(kJumpNotLessInt, 'r', 'i', 'o')                                                     \
  X(kJumpLessEqualInt, 'r', 'i', 'o')                                                   \
  X(kJumpNotLessEqualInt, 'r', 'i', 'o')                                                \
  X(kJumpGreaterInt, 'r', 'i', 'o')                                                     \
  X(kJumpNotGreaterInt, 'r', 'i', 'o')                                                  \
  X(kJumpGreaterEqualInt, 'r', 'i', 'o')                                                \
  X(kJumpNotGreaterEqualInt, 'r', 'i', 'o')                                             \
  X(kJumpEqualInt, 'r', 'i', 'o')                                                       \
  X(kJumpNotEqualInt, 'r', 'i', 'o')                                                    \
  /* Counting: R[a] next, R[a+1] limit (not reached), R[a+2] the variable. */           \
  X(kCountPrepare, 'r', 'i', 'o') /* b: inclusive. Jumps if there is nothing. */        \
  X(kCountNext, 'r', 'j', 'j')    /* jumps back if there is one more */                 \
  /* Iterating: R[a] what, R[a+1] where, R[a+2] the item. */                            \
  X(kIteratePrepare, 'r', 'i', '-')  /* b: share what is iterated */                    \
  X(kIterateNext, 'r', 'j', 'j')     /* jumps if there is no more */                    \
  X(kIteratePair, 'r', 'j', 'j')     /* the same with two items, R[a+2] and R[a+3] */   \
  X(kIterateNumbered, 'r', 'j', 'j') /* a dict's, R[a+2] and R[a+3], or the item in     \
                                        R[a+3] and its number, counted in R[a+4]; nil   \
                                        there: the two of a pair if the first is one */ \
  /* Calls: arguments in R[a], R[a+1], …; the result goes to R[a]. */                 \
  X(kCallGlobal, 'w', 'g', 'i')                                                         \
  X(kCall, 'w', 'r', 'i')       /* what is called is in R[b] */                         \
  X(kCallNamed, 'w', 's', 'i')  /* what is called is in R[a+c] */                       \
  X(kCallMethod, 'w', 's', 'i') /* the receiver is R[a] */                              \
  X(kCallSpread, 'r', 'r', 'r') /* R[a] is called with the elements of R[b]; their      \
                                   names, if any has one, are in R[c] */                \
  X(kSpread, 'r', 'r', 'r')     /* arguments in R[b] go behind those of R[a], and their \
                                   names to R[c] */                                     \
  X(kNameLast, 'r', 'r', 's')   /* the last of the arguments in R[a] has the site's     \
                                   name, which goes to R[b] */                          \
  X(kGetMethod, 'r', 'r', 's')  /* a bound method as a value, or a field */             \
  X(kReturn, 'r', '-', '-')                                                             \
  X(kReturnShare, 'r', '-', '-')                                                        \
  X(kReturnNil, '-', '-', '-')                                                          \
  X(kNew, 'w', 'g', 'i')      /* an instance with c fields from R[a]… */              \
  X(kEnum, 'w', 'g', 'i')     /* a variant with payload; a kNop's a has its number */   \
  X(kEnumUnit, 'r', 'g', 'i') /* the variant c without payload */                       \
  X(kGetField, 'r', 'r', 's')                                                           \
  X(kSetField, 'r', 'r', 's') /* R[a].s = R[b] */                                       \
  X(kGetFieldMutable, 'r', 'r', 's')                                                    \
  X(kGetTuple, 'r', 'r', 'i')                                                           \
  X(kGetIndex, 'r', 'r', 'r')                                                           \
  X(kSetIndex, 'r', 'r', 'r') /* R[a][R[b]] = R[c] */                                   \
  X(kGetIndexMutable, 'r', 'r', 'r')                                                    \
  X(kSlice, 'r', 'r', '-') /* start, end and step are R[b], R[b+1], R[b+2] */           \
  X(kRange, 'r', 'r', 'r')                                                              \
  X(kRangeInclusive, 'r', 'r', 'r')                                                     \
  X(kEllipsis, 'r', '-', '-')                                                           \
  X(kArray, 'r', 'v', 'i') /* of c values from R[b] */                                  \
  X(kArrayPush, 'r', 'r', '-')                                                          \
  X(kArrayExtend, 'r', 'r', '-')                                                        \
  X(kRepeat, 'r', 'r', 'r')                                                             \
  X(kTuple, 'r', 'v', 'i')                                                              \
  X(kLabel, 'r', 's', '-') /* the names of the tuple's items are those of the site */   \
  X(kDict, 'r', '-', '-')                                                               \
  X(kDictSet, 'r', 'r', 'r')                                                            \
  X(kDictMerge, 'r', 'r', '-')                                                          \
  X(kDisplay, 'r', 'v', 'i') /* the texts of c values from R[b] put together */         \
  X(kFormat, 'r', 'r', 'k')                                                             \
  X(kTry, 'r', 'j', 'j') /* unwraps R[a], or jumps if it is to be returned */           \
  X(kUnwrap, 'r', 'r', '-')                                                             \
  X(kUnwrapOr, 'r', 'j', 'j') /* unwraps Some and Ok; jumps if there is something */    \
  X(kPresent, 'r', 'r', '-')                                                            \
  X(kCast, 'r', 'r', 's')                                                               \
  X(kIsVariant, 'r', 'r', 's') /* whether R[b] is a variant or instance of that name */ \
  X(kGetPayload, 'r', 'r', 'i')                                                         \
  X(kPayloadCount, 'r', 'r', '-')                                                       \
  X(kGetPayloadNamed, 'r', 'r', 's')                                                    \
  X(kIsType, 'r', 'r', 's')                                                             \
  X(kIsSequence, 'r', 'r', 'i') /* b: a tuple or array; c: its length * 4, + 2 if that  \
                                   is exact, + 1 if only arrays are meant */            \
  X(kMatchItem, 'r', 'r', 'i')  /* item c; counted from the end if it is negative */    \
  X(kMatchRest, 'r', 'r', 'i')  /* the items from c on, without the last R[a] */        \
  X(kFail, 'k', 'k', '-')       /* a code and a message */                              \
  X(kFailWith, 'k', 'r', '-')   /* a code, and the message in R[b] */                   \
  X(kMisfit, 'r', '-', '-')     /* the error of a pattern that R[a] does not have */    \
  X(kMethodReference, 'r', 's', '-')                                                    \
  X(kRethrow, '-', '-', '-')

enum class Op : uint16_t {
#define SIMPLE_INSTRUCTION(name, a, b, c) name,
  SIMPLE_INSTRUCTIONS(SIMPLE_INSTRUCTION)
#undef SIMPLE_INSTRUCTION
      kCount,
};

// An arithmetic instruction for += and the like.
constexpr Op into(Op op) {
  return static_cast<Op>(static_cast<int>(op) + static_cast<int>(Op::kAddInto) -
                         static_cast<int>(Op::kAdd));
}
constexpr bool is_into(Op op) {
  return op >= Op::kAddInto && op <= Op::kRemainderConstantInto;
}
static_assert(into(Op::kRemainderConstant) == Op::kRemainderConstantInto);

struct Instruction {
  Op op;
  uint16_t a = 0;
  uint16_t b = 0;
  uint16_t c = 0;

  int32_t wide() const {
    return static_cast<int32_t>(static_cast<uint32_t>(b) << 16 | c);
  }
  void set_wide(int32_t value) {
    b = static_cast<uint16_t>(static_cast<uint32_t>(value) >> 16);
    c = static_cast<uint16_t>(value);
  }
  int16_t near() const { return static_cast<int16_t>(c); }
};
static_assert(sizeof(Instruction) == 8);

}  // namespace simple

#endif
